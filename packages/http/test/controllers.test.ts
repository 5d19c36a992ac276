import { type } from 'arktype';
import { Injectable, provide, provideValue, token } from '@plinth/core';
import {
  Controller,
  created,
  Delete,
  Get,
  get,
  Head,
  HTTP_SERVER,
  inject,
  Options,
  Patch,
  post,
  Post,
  Put,
  Query,
  reply,
  Route,
} from '@plinth/http';
import * as v from 'valibot';
import { z } from 'zod';
import { withJsonSchema } from '@plinth/validation/valibot';
import { expect, test } from 'vitest';
import { build } from './support/serve.js';

class Orders {
  readonly placed: string[] = [];
  place(title: string): { id: string; title: string; internal: string } {
    this.placed.push(title);
    return { id: String(this.placed.length), title, internal: 'never sent' };
  }
}

const Order = { type: 'object', required: ['id', 'title'], properties: { id: { type: 'string' }, title: { type: 'string' } } } as const;

@Controller('/orders', { open: true })
@Injectable({ deps: [Orders] })
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Post('/', {
    body: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
    returns: { 201: Order, 409: Order },
  })
  place({ body }: { body: { title: string } }) {
    const order = this.orders.place(body.title);
    return body.title === 'again' ? reply(409, order) : created(order, { headers: { location: `/orders/${order.id}` } });
  }

  @Get('/:id', { params: { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }, returns: Order })
  find({ params }: { params: { id: number } }) {
    return { id: `${params.id + 1}`, title: typeof params.id };
  }
}

test('a controller is one instance with its dependencies; only declared properties leave [VAL-08]', async () => {
  await using built = await build({ controllers: [OrdersController], providers: [provide(Orders)] });
  const placed = await inject(built.app, { method: 'POST', url: '/orders', body: { title: 'tea' } });
  expect([placed.status, placed.headers['location'], placed.json()]).toEqual([201, '/orders/1', { id: '1', title: 'tea' }]);
  const again = await inject(built.app, { method: 'POST', url: '/orders', body: { title: 'again' } });
  expect([again.status, again.json()]).toEqual([409, { id: '2', title: 'again' }]);
});

test('a params schema coerces and checks', async () => {
  await using built = await build({ controllers: [OrdersController], providers: [provide(Orders)] });
  expect((await inject(built.app, { method: 'GET', url: '/orders/41' })).json()).toEqual({ id: '42', title: 'number' });
  expect((await inject(built.app, { method: 'GET', url: '/orders/x' })).status).toBe(422);
});

@Controller('/verbs', { open: true })
class VerbsController {
  @Get('/') get(): string {
    return 'GET';
  }
  @Post('/') post(): string {
    return 'POST';
  }
  @Put('/') put(): string {
    return 'PUT';
  }
  @Patch('/') patch(): string {
    return 'PATCH';
  }
  @Delete('/') delete(): string {
    return 'DELETE';
  }
  @Options('/') options(): string {
    return 'OPTIONS';
  }
  @Head('/alone') head(): void {}
  @Query('/', { body: { type: 'object' } }) query(): string {
    return 'QUERY';
  }
  @Route('PURGE', '/') purge(): string {
    return 'PURGE';
  }
}

test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'PURGE'])('%s is routed [RT-01]', async (method) => {
  await using built = await build({ controllers: [VerbsController] });
  const response = await inject(built.app, { method, url: '/verbs', ...(method === 'QUERY' && { body: {} }) });
  expect([response.status, response.text()]).toEqual([200, method]);
});

test('HEAD is answered by GET, or by a route of its own [RT-01]', async () => {
  await using built = await build({ controllers: [VerbsController] });
  const head = await inject(built.app, { method: 'HEAD', url: '/verbs' });
  expect([head.status, head.headers['content-length'], head.text()]).toEqual([200, '3', '']);
  expect((await inject(built.app, { method: 'HEAD', url: '/verbs/alone' })).status).toBe(204);
});

abstract class Listing {
  protected abstract name(): string;

  @Get('/', { open: true })
  list(): string {
    return this.name();
  }
}

@Controller('/a')
class ListA extends Listing {
  protected name(): string {
    return 'a';
  }
}

@Controller('/b')
class ListB extends Listing {
  protected name(): string {
    return 'b';
  }
}

test('routes of a base class are inherited, and call the methods of the subclass', async () => {
  await using built = await build({ controllers: [ListA, ListB] });
  expect((await inject(built.app, { method: 'GET', url: '/a' })).text()).toBe('a');
  expect((await inject(built.app, { method: 'GET', url: '/b' })).text()).toBe('b');
});

const GREETING = token<string>('GREETING');

test('a plain function gets its dependencies after the context', async () => {
  const routes = [
    get('/greet/:name', { open: true }, ({ params }, greeting, orders) => `${greeting}, ${orders.place(params.name).title}`, {
      deps: [GREETING, Orders],
    }),
  ];
  await using built = await build({ routes, providers: [provideValue(GREETING, 'Hello'), provide(Orders)] });
  expect((await inject(built.app, { method: 'GET', url: '/greet/ada' })).text()).toBe('Hello, ada');
});

test('a plain function whose dependency nothing provides stops the boot', async () => {
  const routes = [get('/greet', { open: true }, (_context, greeting) => greeting, { deps: [GREETING] })];
  await expect(build({ routes })).rejects.toThrow(/GREETING/);
});

const Search = [
  ['zod', z.object({ q: z.string().min(2), page: z.coerce.number().default(1) })],
  ['valibot', withJsonSchema(v.object({ q: v.pipe(v.string(), v.minLength(2)), page: v.optional(v.number(), 1) }))],
  ['arktype', type({ q: 'string >= 2', 'page?': 'number' })],
] as const;

test.each(Search)('a %s schema checks the query and gives the handler its output [VAL-02]', async (_library, query) => {
  const routes = [get('/search', { open: true, query, returns: {} }, (context) => context.query)];
  await using built = await build({ routes });
  expect((await inject(built.app, { method: 'GET', url: '/search?q=tea&page=3' })).json()).toEqual({ q: 'tea', page: 3 });
  expect((await inject(built.app, { method: 'GET', url: '/search?q=t' })).status).toBe(422);
});

test.each([
  ['text', 'text/plain', { type: 'string', maxLength: 5 }, 'hällo', 'string hällo'],
  ['bytes', 'application/octet-stream', {}, Buffer.from([1, 2, 255]), 'object 1,2,255'],
  ['form', 'application/x-www-form-urlencoded', { type: 'object', properties: { a: { type: 'integer' } } }, 'a=7', 'object {"a":7}'],
] as const)('a body of the format %s reaches the handler as what it is', async (accepts, contentType, body, sent, got) => {
  const handler = ({ body: value }: { body: unknown }): string =>
    `${typeof value} ${Buffer.isBuffer(value) ? [...value].join() : typeof value === 'string' ? value : JSON.stringify(value)}`;
  await using built = await build({ routes: [post('/x', { open: true, accepts, body }, handler)] });
  const response = await inject(built.app, { method: 'POST', url: '/x', body: sent, headers: { 'content-type': contentType } });
  expect([response.status, response.text()]).toEqual([200, got]);
  expect((await inject(built.app, { method: 'POST', url: '/x', body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(
    415,
  );
});

test('routes are listed as data: method, path, guards, contract, and where they stand [RT-11]', async () => {
  await using built = await build({ controllers: [OrdersController], providers: [provide(Orders)] });
  const listed = built.app
    .get(HTTP_SERVER)
    .routes()
    .find(({ path, method }) => path === '/orders/:id' && method === 'GET');
  expect(listed).toMatchObject({
    method: 'GET',
    path: '/orders/:id',
    open: true,
    guards: [],
    definition: { contract: { returns: Order }, handler: { controller: OrdersController, property: 'find' } },
  });
  expect(listed!.definition.definedAt).toMatch(/packages\/http\/test\/controllers\.test\.ts:\d+$/);
});

@Injectable({ deps: [] })
class Forgotten {}

test('a class in `controllers` without @Controller stops the boot', async () => {
  await expect(build({ controllers: [Forgotten] })).rejects.toMatchObject({
    problems: [expect.objectContaining({ code: 'HTTP_NO_CONTROLLER', message: expect.stringContaining('Forgotten') })],
  });
});
