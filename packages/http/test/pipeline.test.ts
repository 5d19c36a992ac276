import { defineErrors } from '@plinth/core';
import {
  catchError,
  Controller,
  defineAround,
  defineGuard,
  defineOuterAround,
  forbidden,
  Get,
  get,
  guarded,
  inject,
  media,
  ok,
  post,
  reply,
  type InnerAround,
  type OuterAround,
} from '@plinth/http';
import { fromMiddleware } from '@plinth/http/middleware';
import { describe, expect, test } from 'vitest';
import { build } from './support/serve.js';

const seen: string[] = [];
const outer = (name: string): OuterAround =>
  defineOuterAround({
    name,
    async run(_context, next) {
      seen.push(`${name} >`);
      const answer = await next();
      seen.push(`< ${name}`);
      return answer;
    },
  });
const inner = (name: string): InnerAround =>
  defineAround({
    name,
    async run(_context, next) {
      seen.push(`${name} >`);
      const answer = await next();
      seen.push(`< ${name}`);
      return answer;
    },
  });
const guard = (name: string) =>
  defineGuard({
    name,
    run() {
      seen.push(name);
    },
  });
const lines = (logs: readonly { msg: string; [field: string]: unknown }[]) => logs.filter(({ msg }) => msg === 'request');
const Small = { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } as const;

describe('the order', () => {
  const middleware = fromMiddleware((_request, _response, next) => {
    seen.push('middleware');
    next();
  });

  @Controller('/c', { guards: [guard('controller guard')], around: [inner('controller around')] })
  class Ordered {
    @(guarded(guard('route guard')).Post('/:id', {
      body: Small,
      params: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
      around: [inner('route around')],
      cors: { origins: ['https://a.example'] },
    }))
    run({ body }: { body: { n: number } }) {
      seen.push(`handler ${body.n}`);
      return 'x';
    }
  }

  const http = { outer: [outer('first outer'), middleware, outer('last outer')], around: [inner('application around')] };

  test('is outer arounds, guards, body, checks, inner arounds, handler, and back; application before controller before route [PL-01]', async () => {
    seen.length = 0;
    await using built = await build({ controllers: [Ordered], http });
    const response = await inject(built.app, { method: 'POST', url: '/c/1', body: { n: 7 } });
    expect([response.status, response.text()]).toEqual([200, 'x']);
    expect(seen).toEqual([
      'first outer >',
      'middleware',
      'last outer >',
      'controller guard',
      'route guard',
      'application around >',
      'controller around >',
      'route around >',
      'handler 7',
      '< route around',
      '< controller around',
      '< application around',
      '< last outer',
      '< first outer',
    ]);
  });

  test('puts guards before the body and checks before inner arounds [PL-01]', async () => {
    await using built = await build({ controllers: [Ordered], http });
    const asked = async (request: { body?: string; url?: string }) => {
      seen.length = 0;
      const response = await inject(built.app, {
        method: 'POST',
        url: '/c/1',
        headers: { 'content-type': 'application/json' },
        ...request,
      });
      return [response.status, seen.at(-1)];
    };
    expect(await asked({ body: '{"n":' })).toEqual([400, 'route guard']);
    expect(await asked({ body: '{"n":"x"}' })).toEqual([422, 'route guard']);
    expect(await asked({ body: '{"n":1}', url: '/c/x' })).toEqual([422, 'route guard']);
  });

  test('has features before outer arounds: their headers stand on what an around answers [PL-01]', async () => {
    seen.length = 0;
    const early = defineOuterAround({ name: 'early', run: () => reply(200, 'early') });
    await using built = await build({
      routes: [get('/x', { open: true, cors: { origins: ['https://a.example'] } }, () => 'x')],
      http: { outer: [early] },
    });
    const response = await inject(built.app, { url: '/x', headers: { origin: 'https://a.example' } });
    expect([response.text(), response.headers['access-control-allow-origin']]).toEqual(['early', 'https://a.example']);
  });
});

describe('an early answer', () => {
  const Text = { 200: media('text/plain'), 401: media('text/plain') } as const;
  const answering: Record<string, { outer?: OuterAround; inner?: InnerAround; guard?: ReturnType<typeof guard> }> = {
    'an outer around': { outer: defineOuterAround({ name: 'o', run: () => reply(401, 'o') }) },
    'a middleware': {
      outer: fromMiddleware((_request, response) => void response.writeHead(401, { 'content-type': 'text/plain' }).end('o')),
    },
    'a guard': {
      guard: defineGuard({
        name: 'g',
        run() {
          throw forbidden();
        },
      }),
    },
    'an inner around': { inner: defineAround({ name: 'i', run: () => reply(401, 'i') }) },
  };
  test.each(Object.entries(answering))(
    'of %s ends the request; what follows does not run, and its line is written [PL-07]',
    async (_name, parts) => {
      let ran = false;
      const verbs = guarded(parts.guard ?? guard('open'));
      await using built = await build({
        routes: [
          verbs.get('/x', { returns: Text, around: parts.inner === undefined ? [] : [parts.inner] }, () => {
            ran = true;
            return ok('x');
          }),
        ],
        http: { outer: parts.outer === undefined ? [] : [outer('outside'), parts.outer] },
      });
      seen.length = 0;
      const response = await inject(built.app, { url: '/x' });
      const status = parts.guard === undefined ? 401 : 403;
      expect([response.status, ran]).toEqual([status, false]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(lines(built.logs)).toMatchObject([{ status, route: '/x' }]);
      expect(lines(built.logs)[0]!['bytes']).toBe(response.body.byteLength);
      if (parts.outer !== undefined) expect(seen).toEqual(['outside >', '< outside']);
    },
  );
});

describe('a replaced reply', () => {
  const shout = (text: string) =>
    defineAround({
      name: 'shout',
      async run(_context, next) {
        await next();
        return ok(text);
      },
    });
  test.each(['', 'x', 'a longer text than there was', 'ünïcödé €', '😀'.repeat(5000)])(
    'has the length of what is sent [PL-08]',
    async (text) => {
      await using built = await build({ routes: [get('/x', { open: true, around: [shout(text)] }, () => 'before')] });
      const response = await inject(built.app, { url: '/x' });
      expect([response.text(), response.headers['content-length']]).toEqual([text, String(Buffer.byteLength(text))]);
      const head = await inject(built.app, { method: 'HEAD', url: '/x' });
      expect([head.headers['content-length'], head.body.byteLength]).toEqual([String(Buffer.byteLength(text)), 0]);
    },
  );

  test('passes the schema, from inner and from outer arounds; one that breaks it is 500 [PL-08]', async () => {
    const returns = Small;
    const more = defineOuterAround({ name: 'more', run: async (_context, next) => (await next(), ok({ n: 12345, secret: 'x' })) });
    await using built = await build({ routes: [get('/x', { open: true, returns }, () => ({ n: 1 }))], http: { outer: [more] } });
    const response = await inject(built.app, { url: '/x' });
    expect([response.text(), response.headers['content-length']]).toEqual(['{"n":12345}', '11']);
    const wrong = defineAround({ name: 'wrong', run: async (_context, next) => (await next(), ok({ n: 'x' })) });
    await using broken = await build({ routes: [get('/x', { open: true, returns, around: [wrong] }, () => ({ n: 1 }))] });
    expect((await inject(broken.app, { url: '/x' })).status).toBe(500);
  });
});

describe('catchError', () => {
  class Missing extends Error {}
  class MissingRow extends Missing {}
  const ORDER = defineErrors('ORDER', { LATE: { kind: 'conflict', detail: 'Too late.' } });
  const Text = { 200: media('text/plain'), 404: media('text/plain'), 409: media('text/plain'), 410: media('text/plain') } as const;
  const said =
    (text: string, status: 404 | 409 | 410 = 404) =>
    () =>
      reply(status, text);
  const served = async (thrown: unknown, around: readonly InnerAround[], more: { application?: readonly InnerAround[] } = {}) => {
    await using built = await build({
      routes: [
        get('/x', { open: true, returns: Text, around }, () => {
          throw thrown;
        }),
      ],
      http: { around: more.application ?? [] },
    });
    const response = await inject(built.app, { url: '/x' });
    const count = lines(built.logs).length;
    return { status: response.status, text: response.text(), count };
  };

  test('answers errors of a class and of its subclasses, the nearest first [PL-06]', async () => {
    const list = [catchError(Error, said('any')), catchError(Missing, said('missing')), catchError(MissingRow, said('row'))];
    expect(await served(new MissingRow(), list)).toMatchObject({ status: 404, text: 'row' });
    expect(await served(new Missing(), list)).toMatchObject({ text: 'missing' });
    expect(await served(new TypeError(), list)).toMatchObject({ text: 'any' });
    expect(await served(new Missing(), [], { application: [catchError(Missing, said('application'))] })).toMatchObject({
      text: 'application',
    });
    expect(
      await served(new Missing(), [catchError(Missing, said('route'))], { application: [catchError(Missing, said('application'))] }),
    ).toMatchObject({
      text: 'route',
    });
  });

  test('answers errors of defineErrors, and leaves others alone [PL-06]', async () => {
    const list = [catchError(ORDER.LATE, (error) => reply(410, error.code))];
    expect(await served(ORDER.LATE(), list)).toMatchObject({ status: 410, text: 'ORDER_LATE' });
    expect(await served(new Missing(), list)).toMatchObject({ status: 500, count: 1 });
    expect(await served('a text', [catchError(Error, said('any'))])).toMatchObject({ status: 500 });
  });

  test('what it throws goes on to the next one outside [ERR-05]', async () => {
    const list = [
      catchError(ORDER.LATE, said('outside', 409)),
      catchError(Missing, () => {
        throw ORDER.LATE();
      }),
    ];
    expect(await served(new Missing(), list)).toMatchObject({ status: 409, text: 'outside' });
    const same = [
      catchError(Missing, said('outside')),
      catchError(Missing, (error) => {
        throw error;
      }),
    ];
    expect(await served(new Missing(), same)).toMatchObject({ status: 404, text: 'outside' });
    expect(await served(new Missing(), list.slice(1))).toMatchObject({ status: 409, text: expect.stringContaining('ORDER_LATE') });
  });

  test('an error inside it is one 500, with one line [PL-06]', async () => {
    const list = [
      catchError(Missing, () => {
        throw new RangeError('broken handler');
      }),
    ];
    expect(await served(new Missing(), list)).toMatchObject({ status: 500, count: 1 });
    expect(await served(new Missing(), [catchError(Missing, () => reply(418, 'undeclared'))])).toMatchObject({ status: 500, count: 1 });
  });

  test('of a controller stands around its routes, and gets its dependencies [PL-06]', async () => {
    class Words {
      of(error: Error) {
        return `said ${error.constructor.name}`;
      }
    }
    @Controller('/c', {
      open: true,
      around: [catchError(Missing, (error, _context, words) => reply(404, words.of(error)), { deps: [Words] })],
    })
    class Failing {
      @Get('/', { returns: Text })
      run() {
        if (seen.length >= 0) throw new MissingRow();
        return ok('x');
      }
    }
    const { provide } = await import('@plinth/core');
    await using built = await build({ controllers: [Failing], providers: [provide(Words)] });
    expect((await inject(built.app, { url: '/c' })).text()).toBe('said MissingRow');
  });
});

test('a posted body that an inner around answers for is not read twice [PL-07]', async () => {
  const early = defineAround({ name: 'early', run: () => ok('early') });
  await using built = await build({ routes: [post('/x', { open: true, body: Small, around: [early] }, () => 'x')] });
  expect((await inject(built.app, { method: 'POST', url: '/x', body: { n: 1 } })).text()).toBe('early');
});
