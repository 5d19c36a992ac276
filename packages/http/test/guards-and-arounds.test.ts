import { Readable } from 'node:stream';
import { Injectable, provide, provideValue, token } from '@plinth/core';
import {
  anyOf,
  Controller,
  created,
  defineAround,
  defineGuard,
  defineOuterAround,
  forbidden,
  get,
  guarded,
  inject,
  media,
  noCredential,
  ok,
  optional,
  post,
  reply,
  unauthenticated,
  type GuardContext,
} from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from './support/serve.js';

interface User {
  readonly id: string;
  readonly roles: readonly string[];
}

class Members {
  byKey(key: string): User | undefined {
    return key === 'ada' ? { id: 'ada', roles: ['admin'] } : key === 'bob' ? { id: 'bob', roles: [] } : undefined;
  }
}

const member = defineGuard({
  name: 'member',
  deps: [Members],
  security: { name: 'key', scheme: { type: 'apiKey', in: 'header', name: 'x-key' } },
  async run(context, members) {
    const key = context.header('x-key');
    if (key === undefined) throw noCredential('Send X-Key.', { challenge: 'Key realm="test"' });
    const user = members.byKey(key);
    if (user === undefined) throw unauthenticated('Nobody has this key.', { challenge: 'Key error="invalid"' });
    return { user };
  },
});
const role = (name: string) =>
  defineGuard({
    name: `role(${name})`,
    run(context: GuardContext & { user: User }) {
      if (!context.user.roles.includes(name)) throw forbidden(`Only for the role ${name}.`);
    },
  });
const robot = defineGuard({
  name: 'robot',
  run(context) {
    if (context.header('x-robot') === undefined) throw noCredential('Send X-Robot.', { challenge: 'Robot' });
    return { user: { id: 'robot', roles: [] as readonly string[] } };
  },
});
const Body = { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } as const;
const providers = [provide(Members)];

async function call(
  route: Parameters<typeof build>[0],
  headers: Record<string, string> = {},
  more: { method?: string; url?: string; body?: string } = {},
) {
  await using built = await build({ providers, ...route });
  return await inject(built.app, {
    method: 'GET',
    url: '/x',
    ...more,
    headers: { ...(more.body !== undefined && { 'content-type': 'application/json' }), ...headers },
  });
}

test('the facts of a guard reach the handler', async () => {
  const routes = [guarded(member).get('/x', {}, ({ user }) => user.id)];
  expect((await call({ routes }, { 'x-key': 'ada' })).text()).toBe('ada');
});

test('a missing credential and a bad one are 401 with the challenge, and differ in their code [PL-04]', async () => {
  const routes = [guarded(member).get('/x', {}, ({ user }) => user.id)];
  const missing = await call({ routes });
  expect([missing.status, missing.headers['www-authenticate'], (missing.json() as { code: string }).code]).toEqual([
    401,
    'Key realm="test"',
    'HTTP_NO_CREDENTIAL',
  ]);
  const bad = await call({ routes }, { 'x-key': 'eve' });
  expect([bad.status, bad.headers['www-authenticate'], (bad.json() as { code: string }).code]).toEqual([
    401,
    'Key error="invalid"',
    'HTTP_UNAUTHENTICATED',
  ]);
});

test('guards run left to right, and one reads the facts of those before it', async () => {
  const routes = [guarded(member, role('admin')).get('/x', {}, ({ user }) => user.id)];
  expect((await call({ routes }, { 'x-key': 'ada' })).status).toBe(200);
  const refused = await call({ routes }, { 'x-key': 'bob' });
  expect([refused.status, refused.json()]).toMatchObject([403, { code: 'HTTP_FORBIDDEN', detail: 'Only for the role admin.' }]);
});

test('a guard that refuses stops the body from being read', async () => {
  const routes = [guarded(member).post('/x', { body: Body }, () => '')];
  expect((await call({ routes }, {}, { method: 'POST', body: '{"not json' })).status).toBe(401);
  expect((await call({ routes }, { 'x-key': 'ada' }, { method: 'POST', body: '{"not json' })).status).toBe(400);
});

test('a guard that throws anything else lets nobody in and says nothing', async () => {
  const broken = defineGuard({
    name: 'broken',
    run(): void {
      throw new TypeError('secret detail');
    },
  });
  await using built = await build({
    routes: [guarded(broken).get('/x', {}, () => 'in')],
    env: { NODE_ENV: 'production', APP_HOSTS: 'example.com', APP_URL: 'https://example.com' },
  });
  const response = await inject(built.app, { method: 'GET', url: '/x' });
  expect(response.status).toBe(500);
  expect(response.text()).not.toContain('secret');
});

test('anyOf lets the first success in and says every challenge when all refuse', async () => {
  const routes = [guarded(anyOf(member, robot)).get('/x', {}, ({ user }) => user.id)];
  expect((await call({ routes }, { 'x-robot': '1' })).text()).toBe('robot');
  expect((await call({ routes }, { 'x-key': 'ada', 'x-robot': '1' })).text()).toBe('ada');
  const refused = await call({ routes });
  expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Key realm="test", Robot']);
});

test('optional gives no user without a credential, and refuses a bad one', async () => {
  const routes = [guarded(optional(member)).get('/x', {}, ({ user }) => user?.id ?? 'nobody')];
  expect((await call({ routes })).text()).toBe('nobody');
  expect((await call({ routes }, { 'x-key': 'ada' })).text()).toBe('ada');
  expect((await call({ routes }, { 'x-key': 'eve' })).status).toBe(401);
});

test('guards see the parameters of the path as strings', async () => {
  const owner = defineGuard({
    name: 'owner',
    run({ params }) {
      if (params['id'] !== 'mine') throw forbidden();
    },
  });
  const routes = [guarded(owner).get('/:id', {}, ({ params }) => params.id)];
  expect((await call({ routes }, {}, { url: '/mine' })).text()).toBe('mine');
  expect((await call({ routes }, {}, { url: '/other' })).status).toBe(403);
});

const TRACE = token<string[]>('TRACE');
const traced = (name: string) =>
  defineAround({
    name,
    deps: [TRACE],
    async run(_context, next, trace) {
      trace.push(`${name} in`);
      const answer = await next();
      trace.push(`${name} out ${answer.status}`);
      return answer.withHeaders({ [`x-${name}`]: String(answer.status) });
    },
  });

test('arounds run outermost first: outer, application, controller, route; guards between outer and inner [PL-01]', async () => {
  const trace: string[] = [];
  const outer = defineOuterAround({
    name: 'outer',
    deps: [TRACE],
    async run(_context, next, list) {
      list.push('outer in');
      const answer = await next();
      list.push('outer out');
      return answer;
    },
  });
  const guard = defineGuard({ name: 'guard', deps: [TRACE], run: (_context, list) => void list.push('guard') });
  const behind = guarded(guard);
  @Controller('/x', { around: [traced('controller')] })
  @Injectable({ deps: [TRACE] })
  class TracedController {
    constructor(private readonly trace: string[]) {}

    @behind.Get('/', { around: [traced('route')] })
    get(): string {
      this.trace.push('handler');
      return '';
    }
  }
  const response = await call({
    controllers: [TracedController],
    providers: [provideValue(TRACE, trace)],
    http: { around: [traced('app')], outer: [outer] },
  });
  expect(trace).toEqual([
    'outer in',
    'guard',
    'app in',
    'controller in',
    'route in',
    'handler',
    'route out 200',
    'controller out 200',
    'app out 200',
    'outer out',
  ]);
  expect(response.headers).toMatchObject({ 'x-app': '200', 'x-controller': '200', 'x-route': '200' });
});

test('an inner around may answer itself, replace the answer, or turn an error into one [PL-05]', async () => {
  const cached = defineAround({ name: 'cached', run: () => ok('from the cache') });
  const replaced = defineAround({ name: 'replaced', run: async (_context, next) => ok(`(${String((await next()).body)})`) });
  const mapped = defineAround({ name: 'mapped', run: (_context, next) => next().catch((error: Error) => ok(`caught ${error.message}`)) });
  const routes = [
    get('/cached', { open: true, around: [cached] }, () => 'handler'),
    get('/replaced', { open: true, around: [replaced] }, () => 'handler'),
    get('/mapped', { open: true, around: [mapped] }, () => {
      throw new Error('handler');
    }),
  ];
  await using built = await build({ routes });
  const texts = await Promise.all(
    ['/cached', '/replaced', '/mapped'].map(async (url) => (await inject(built.app, { method: 'GET', url })).text()),
  );
  expect(texts).toEqual(['from the cache', '(handler)', 'caught handler']);
});

test('an inner around runs once for a stream, and may replace it [PL-05]', async () => {
  let runs = 0;
  const counted = defineAround({
    name: 'counted',
    async run(_context, next) {
      runs++;
      return (await next()).withHeaders({ 'x-runs': String(runs) });
    },
  });
  const replaced = defineAround({
    name: 'replaced',
    async run(_context, next) {
      const answer = await next();
      return ok(Readable.from([...(await (answer.body as Readable).toArray())].reverse()));
    },
  });
  const stream = (): Readable => Readable.from(['a', 'b', 'c']);
  const routes = [
    get('/counted', { open: true, returns: media('text/plain'), around: [counted] }, stream),
    get('/replaced', { open: true, returns: media('text/plain'), around: [replaced] }, stream),
  ];
  await using built = await build({ routes });
  const counting = await inject(built.app, { method: 'GET', url: '/counted' });
  expect([counting.text(), counting.headers['x-runs']]).toEqual(['abc', '1']);
  expect((await inject(built.app, { method: 'GET', url: '/replaced' })).text()).toBe('cba');
});

test('a reply that breaks its contract throws inside the around, so that a transaction rolls back', async () => {
  const seen: string[] = [];
  const transaction = defineAround({
    name: 'transaction',
    async run(_context, next) {
      try {
        const answer = await next();
        seen.push('commit');
        return answer;
      } catch (error) {
        seen.push('roll back');
        throw error;
      }
    },
  });
  const returns = { 201: Body, 409: Body } as const;
  const routes = [
    post('/good', { open: true, returns, around: [transaction] }, () => created({ a: 1 })),
    post('/bad', { open: true, returns, around: [transaction] }, () => created({ a: 'x' } as never)),
    post('/status', { open: true, returns, around: [transaction] }, () => reply(202, { a: 1 }) as never),
  ];
  await using built = await build({ routes });
  const statuses = [];
  for (const url of ['/good', '/bad', '/status']) statuses.push((await inject(built.app, { method: 'POST', url })).status);
  expect([statuses, seen]).toEqual([
    [201, 500, 500],
    ['commit', 'roll back', 'roll back'],
  ]);
});

test("an around's own reply is checked against the contract as well", async () => {
  const wrong = defineAround({ name: 'wrong', run: () => ok({ a: 'x', secret: 1 }) });
  const extra = defineAround({ name: 'extra', run: () => ok({ a: 1, secret: 1 }) });
  const routes = [
    get('/wrong', { open: true, returns: Body, around: [wrong] }, () => ({ a: 1 })),
    get('/extra', { open: true, returns: Body, around: [extra] }, () => ({ a: 1 })),
  ];
  await using built = await build({ routes });
  expect((await inject(built.app, { method: 'GET', url: '/wrong' })).status).toBe(500);
  expect((await inject(built.app, { method: 'GET', url: '/extra' })).json()).toEqual({ a: 1 });
});
