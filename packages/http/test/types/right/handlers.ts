// Handlers, guards and replies that compile: what the wrong ones next door are measured against.
import { Readable } from 'node:stream';
import {
  accepted,
  anyOf,
  Controller,
  created,
  defineAround,
  defineGuard,
  get,
  Get,
  guarded,
  media,
  noContent,
  optional,
  Post,
  Put,
  reply,
  type ContextOf,
  type GuardContext,
  type Reply,
} from '@plinth/http';
import { token } from '@plinth/core';
import { z } from 'zod';

interface User {
  readonly id: string;
  readonly roles: readonly string[];
}

class Orders {
  find(id: string): Order {
    return { id, title: 'tea', amount: 1 };
  }
}

const PREFIX = token<string>('PREFIX');

const Order = {
  type: 'object',
  required: ['id', 'title', 'amount'],
  properties: { id: { type: 'string' }, title: { type: 'string' }, amount: { type: 'integer' } },
} as const;
interface Order {
  id: string;
  title: string;
  amount: number;
}
const NewOrder = { type: 'object', required: ['title'], properties: { title: { type: 'string' }, amount: { type: 'integer' } } } as const;
const Search = z.object({ q: z.string(), page: z.number().default(1) });

const session = defineGuard({
  name: 'session',
  deps: [Orders, PREFIX],
  run: async (_context, orders, prefix) => ({ user: userOf(orders.find(prefix).id) }),
});
const apiKey = defineGuard({ name: 'apiKey', run: () => ({ service: 'reports' }) });
const role = (name: string) =>
  defineGuard({
    name: `role(${name})`,
    run(context: GuardContext & { user: User }) {
      if (!context.user.roles.includes(name)) throw new Error(name);
    },
  });
const refuseAll = defineGuard({ name: 'nobody', run: () => undefined });
const timed = defineAround({
  name: 'timed',
  deps: [PREFIX],
  run: async (_context, next, prefix) => (await next()).withHeaders({ 'x-prefix': prefix }),
});

function userOf(id: string): User {
  return { id, roles: [] };
}

const signedIn = guarded(session);
const admin = guarded(session, role('admin'));
const anyone = guarded(optional(session));
const caller = guarded(anyOf(session, apiKey));
const closed = guarded(refuseAll);

@Controller('/orders')
export class OrdersController {
  @signedIn.Post('/', { body: NewOrder, returns: { 201: Order } })
  async create({ body, user }: { body: { title: string; amount?: number }; user: User }) {
    return created({ id: user.id, title: body.title, amount: body.amount ?? 1 });
  }

  @signedIn.Post('/bare', {
    body: NewOrder,
    returns: { 201: Order, 409: { type: 'object', required: ['code'], properties: { code: { type: 'string' } } } },
  })
  bare({ body, user }: { body: { title: string }; user: User }): Order | Reply<409, { code: string }> {
    return body.title === '' ? reply(409, { code: 'EMPTY' }) : { id: user.id, title: body.title, amount: 1 };
  }

  @Get('/:id', { returns: Order, open: true })
  find({ params }: { params: { id: string } }): Order {
    return { id: params.id, title: '', amount: 1 };
  }

  @Get('/:year.:month/:rest?', { returns: Order, open: true })
  month({ params }: { params: { year: string; month: string; rest?: string } }): Order {
    return { id: params.year + params.month, title: params.rest ?? '', amount: 1 };
  }

  @Get('/files/*path', { returns: media('text/csv'), open: true })
  file({ params, signal }: { params: { path: string }; signal: AbortSignal }) {
    return Readable.from([params.path], { signal });
  }

  @Get('/numbered/:id', { params: z.object({ id: z.coerce.number() }), query: Search, returns: { 200: Order, 404: null }, open: true })
  numbered({ params, query }: { params: { id: number }; query: { q: string; page: number } }) {
    return params.id === 0 ? reply(404, undefined) : { id: query.q, title: '', amount: query.page };
  }

  @Get('/list', { returns: { 200: { type: 'array', items: Order } }, open: true })
  list(): readonly Order[] {
    return [];
  }

  @Put('/several', { returns: { 201: Order, 204: null, 202: null }, open: true })
  several({ method }: { method: string }) {
    if (method === 'A') return noContent();
    if (method === 'B') return accepted();
    return created({ id: '', title: '', amount: 1 });
  }

  @admin.Put('/nothing')
  nothing({ user }: { user: User }): void {
    void user;
  }

  @anyone.Get('/visitor')
  visitor({ user }: { user?: User | undefined }): string {
    return user?.id ?? 'nobody';
  }

  @caller.Get('/caller')
  caller(context: { user: User } | { service: string }): string {
    return 'user' in context ? context.user.id : context.service;
  }

  @closed.Post('/typed/:id', { body: NewOrder, around: [timed] })
  typed(context: ContextOf<'/typed/:id', { body: typeof NewOrder }>): string {
    return context.params.id + context.body.title + context.header('x-key');
  }

  @Post('/bytes', { body: {}, accepts: 'bytes', open: true })
  bytes({ body }: { body: Buffer }): string {
    return body.toString('hex');
  }

  @Post('/free', { body: {}, returns: {}, open: true })
  free({ body }: { body: unknown }): unknown {
    return body;
  }
}

export const routes = [
  get('/hello/:name', { open: true }, ({ params }) => `Hello, ${params.name}`),
  get('/orders/:id', { open: true, returns: Order }, ({ params }, orders) => orders.find(params.id), { deps: [Orders] }),
  signedIn.get('/me', { returns: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } }, ({ user }) => user),
  admin.post('/orders', { body: NewOrder, returns: { 201: Order } }, async ({ body, user }) =>
    created({ id: user.id, title: body.title, amount: body.amount ?? 1 }),
  ),
];
