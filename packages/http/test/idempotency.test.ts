import { Readable } from 'node:stream';
import { DATABASE, DataModule, defineMigration, id, inTransaction, integer, table, type Database } from '@plinth/data';
import { created, defineGuard, get, guarded, media, noContent, ok, post, reply, type RouteDefinition } from '@plinth/http';
import { configured, createApp, defineErrors, Module, provideValue } from '@plinth/core';
import { HTTP_SERVER, HttpModule } from '@plinth/http';
import { createHttpIdempotencyKeys, sqlIdempotencyStore } from '@plinth/http/data';
import { IDEMPOTENCY_STORE, IdempotencyModule, idempotent, MemoryIdempotencyStore, type IdempotencyStore } from '@plinth/http/idempotency';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serve } from './support/serve.js';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const started = async (routes: readonly RouteDefinition[], store: IdempotencyStore = new MemoryIdempotencyStore()) => {
  const server = await serve({ routes, providers: [provideValue(IDEMPOTENCY_STORE, store)] });
  open.push(server);
  return server;
};
const send = (url: string, key: string | undefined, body: unknown = { amount: 5 }, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }), ...headers },
  });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

const body = { type: 'object', properties: { amount: { type: 'integer' }, note: { type: 'string' } }, required: ['amount'] } as const;
const returns = { 201: { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'] } } as const;
const ERRORS = defineErrors('PAY', { POOR: { kind: 'conflict', detail: 'There is not enough money.' } });

/** A route that counts how often its handler ran. */
const counting = (options: Parameters<typeof idempotent>[0] = {}, work: (run: number) => unknown = () => undefined, path = '/pay') => {
  const runs = { count: 0 };
  const route = post(path, { open: true, body, returns, around: [idempotent(options)] }, async () => {
    const number = ++runs.count;
    await work(number);
    return created({ number }, { headers: { location: `/pay/${number}` }, cookies: [{ name: 'seen', value: String(number) }] });
  });
  return { route, runs };
};
const user = defineGuard({ name: 'user', run: (context) => ({ user: { id: context.header('x-user') ?? 'nobody' } }) });

test('the same key replays the reply: status, body, its own headers, and no cookie', async () => {
  const { route, runs } = counting();
  const { url } = await started([route]);
  const first = await send(`${url}/pay`, '"8e03978e-40d5-43e8-bc93-6894a57f9324"');
  const second = await send(`${url}/pay`, '"8e03978e-40d5-43e8-bc93-6894a57f9324"');
  expect([first.status, second.status, runs.count]).toEqual([201, 201, 1]);
  expect(await second.text()).toBe(await first.text());
  expect([second.headers.get('location'), second.headers.get('content-type')]).toEqual(['/pay/1', first.headers.get('content-type')]);
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
  expect([first.headers.has('set-cookie'), second.headers.has('set-cookie')]).toEqual([true, false]);
  expect((await send(`${url}/pay`, 'another-key')).headers.get('location')).toBe('/pay/2');
});

test('a key with quotes and without is the same key', async () => {
  const { route, runs } = counting();
  const { url } = await started([route]);
  await send(`${url}/pay`, '"k-1"');
  expect((await send(`${url}/pay`, 'k-1')).headers.get('idempotency-replayed')).toBe('true');
  expect(runs.count).toBe(1);
});

test('without a key a request is no idempotent one; where a key is required it is 400', async () => {
  const [loose, strict] = [counting(), counting({ required: true }, undefined, '/strict')];
  const { url } = await started([loose.route, strict.route]);
  await send(`${url}/pay`, undefined);
  await send(`${url}/pay`, undefined);
  expect(loose.runs.count).toBe(2);
  const refused = await send(`${url}/strict`, undefined);
  expect([refused.status, await codeOf(refused), strict.runs.count]).toEqual([400, 'HTTP_IDEMPOTENCY_KEY', 0]);
});

test.each(['""', '"a', 'a"b', 'a b', 'a, b', '"a", "b"', '"ä"', '"a";p=1', '"a\\b"', 'x'.repeat(256), `"${'x'.repeat(300)}"`, 'a;b'])(
  'the malformed key %j is 400',
  async (key) => {
    const { route, runs } = counting();
    const { url } = await started([route]);
    const refused = await send(`${url}/pay`, key);
    expect([refused.status, await codeOf(refused), runs.count]).toEqual([400, 'HTTP_IDEMPOTENCY_KEY', 0]);
  },
);

test('another request with the same key is 422, whatever differs; the order of its fields is no difference', async () => {
  const runs = { count: 0 };
  const query = { type: 'object', properties: { dry: { type: 'string' } } } as const;
  const route = post('/pay/:to', { open: true, body, query, returns, around: [idempotent()] }, () => created({ number: ++runs.count }));
  const { url } = await started([route]);
  await send(`${url}/pay/ann`, 'k', { amount: 5, note: 'x' });
  expect((await send(`${url}/pay/ann`, 'k', { note: 'x', amount: 5 })).headers.get('idempotency-replayed')).toBe('true');
  for (const [path, payload] of [
    ['/pay/ann', { amount: 6, note: 'x' }],
    ['/pay/ann', { amount: 5 }],
    ['/pay/bob', { amount: 5, note: 'x' }],
    ['/pay/ann?dry=yes', { amount: 5, note: 'x' }],
  ] as const) {
    const refused = await send(url + path, 'k', payload);
    expect([refused.status, await codeOf(refused)]).toEqual([422, 'HTTP_IDEMPOTENCY_MISMATCH']);
  }
  expect(runs.count).toBe(1);
});

test('keys belong to a principal and a route: nobody is given the reply of another', async () => {
  const runs = { count: 0 };
  const handler = () => created({ number: ++runs.count });
  const make = (path: `/${string}`) => guarded(user).post(path, { body, returns, around: [idempotent()] }, handler);
  const credential = guarded(defineGuard({ name: 'key', run: () => undefined })).post(
    '/c',
    { body, returns, around: [idempotent()] },
    handler,
  );
  const { url } = await started([make('/a'), make('/b'), credential]);
  const numbers: unknown[] = [];
  const numberOf = async (response: Response) => numbers.push(((await response.json()) as { number: number }).number);
  await numberOf(await send(`${url}/a`, 'k', undefined, { 'x-user': 'ann' }));
  await numberOf(await send(`${url}/a`, 'k', undefined, { 'x-user': 'bob' }));
  await numberOf(await send(`${url}/b`, 'k', undefined, { 'x-user': 'ann' }));
  await numberOf(await send(`${url}/c`, 'k', undefined, { authorization: 'Key 1' }));
  await numberOf(await send(`${url}/c`, 'k', undefined, { authorization: 'Key 2' }));
  await numberOf(await send(`${url}/a`, 'k', undefined, { 'x-user': 'ann' }));
  expect(numbers).toEqual([1, 2, 3, 4, 5, 1]);
});

test('20 at the same time: one runs, the others wait for its reply', async () => {
  const { route, runs } = counting({}, () => new Promise((resolve) => setTimeout(resolve, 200)));
  const { url } = await started([route]);
  const replies = await Promise.all(Array.from({ length: 20 }, () => send(`${url}/pay`, 'k')));
  expect(new Set(replies.map((one) => one.status))).toEqual(new Set([201]));
  expect(replies.filter((one) => one.headers.has('idempotency-replayed')).length).toBe(19);
  expect(runs.count).toBe(1);
});

test('a repeat waits no longer than it may, then 409', async () => {
  const { route, runs } = counting({ wait: 0 }, () => new Promise((resolve) => setTimeout(resolve, 400)));
  const { url } = await started([route]);
  const first = send(`${url}/pay`, 'k');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const busy = await send(`${url}/pay`, 'k');
  expect([busy.status, busy.headers.get('retry-after'), await codeOf(busy)]).toEqual([409, '1', 'HTTP_IDEMPOTENCY_BUSY']);
  expect([(await first).status, runs.count]).toEqual([201, 1]);
});

test('a handler that throws, or replies with 500 and above, frees its key', async () => {
  const { route, runs } = counting({}, (run) => {
    if (run === 1) throw new Error('the machine is on fire');
    if (run === 2) throw ERRORS.POOR();
  });
  let tries = 0;
  const failing = post('/fail', { open: true, body, returns: { 200: null, 503: null }, around: [idempotent()] }, () =>
    ++tries === 1 ? reply(503, undefined) : ok(undefined),
  );
  const { url } = await started([route, failing]);
  const statuses = [];
  for (let index = 0; index < 4; index++) statuses.push((await send(`${url}/pay`, 'k')).status);
  expect([statuses, runs.count]).toEqual([[500, 409, 201, 201], 3]);
  expect([(await send(`${url}/fail`, 'k')).status, (await send(`${url}/fail`, 'k')).status, tries]).toEqual([503, 200, 2]);
});

test('a refusal that the handler replies with is an answer, and replayed', async () => {
  let runs = 0;
  const route = post('/pay', { open: true, body, returns: { 200: null, 409: returns[201] }, around: [idempotent()] }, () =>
    reply(409, { number: ++runs }),
  );
  const { url } = await started([route]);
  const replies = [await send(`${url}/pay`, 'k'), await send(`${url}/pay`, 'k')];
  expect([replies.map((one) => one.status), runs]).toEqual([[409, 409], 1]);
});

test('a reply that breaks its contract frees the key', async () => {
  let runs = 0;
  const route = post('/pay', { open: true, body, returns, around: [idempotent()] }, () =>
    created({ number: (++runs === 1 ? 'one' : 2) as number }),
  );
  const { url } = await started([route]);
  expect([(await send(`${url}/pay`, 'k')).status, (await send(`${url}/pay`, 'k')).status, runs]).toEqual([500, 201, 2]);
});

test('an invalid request does not use its key up', async () => {
  const { route } = counting();
  const { url } = await started([route]);
  expect((await send(`${url}/pay`, 'k', { amount: 'many' })).status).toBe(422);
  expect((await send(`${url}/pay`, 'k')).status).toBe(201);
});

test('replies of every kind are replayed byte by byte: nothing, text, bytes, and nothing declared', async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128]);
  const around = [idempotent()];
  const routes = [
    post('/none', { open: true, body, returns: { 204: null }, around }, () => noContent()),
    post('/text', { open: true, body, returns: { 200: media('text/csv') }, around }, () => 'a;b\r\nä;ö'),
    post('/bytes', { open: true, body, returns: { 200: media('application/octet-stream') }, around }, () => bytes),
    post('/undeclared', { open: true, body, around }, () => 'hello'),
    post('/nothing', { open: true, body, around }, () => undefined),
  ];
  const { url } = await started(routes);
  for (const path of ['/none', '/text', '/bytes', '/undeclared', '/nothing']) {
    const [first, second] = [await send(url + path, 'k'), await send(url + path, 'k')];
    expect(second.status).toBe(first.status);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(Buffer.from(await second.arrayBuffer())).toEqual(Buffer.from(await first.arrayBuffer()));
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  }
});

test('a stream is refused: it cannot be sent twice', async () => {
  const route = post('/pay', { open: true, body, returns: { 200: media('text/plain') }, around: [idempotent()] }, () =>
    Readable.from(['a']),
  );
  const { url } = await started([route]);
  const refused = await send(`${url}/pay`, 'k');
  expect([refused.status, await codeOf(refused)]).toEqual([500, 'HTTP_IDEMPOTENCY_REPLY']);
  expect((await send(`${url}/pay`, undefined)).status).toBe(200);
});

test('a reply that is too large to keep is sent once, and its repeats are told', async () => {
  const { route, runs } = counting({ maxSize: 5 });
  const { url } = await started([route]);
  expect((await send(`${url}/pay`, 'k')).status).toBe(201);
  const repeat = await send(`${url}/pay`, 'k');
  expect([repeat.status, await codeOf(repeat), runs.count]).toEqual([409, 'HTTP_IDEMPOTENCY_UNREPEATABLE', 1]);
});

test('a handler that outlives its lock is told that it has lost the key', async () => {
  const { route, runs } = counting({ lock: 50 }, (run) => (run === 1 ? new Promise((resolve) => setTimeout(resolve, 300)) : undefined));
  const { url } = await started([route]);
  const slow = send(`${url}/pay`, 'k');
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect((await send(`${url}/pay`, 'k')).status).toBe(201);
  const lost = await slow;
  expect([lost.status, await codeOf(lost), runs.count]).toEqual([503, 'HTTP_IDEMPOTENCY_LOST', 2]);
  expect((await send(`${url}/pay`, 'k')).headers.get('location')).toBe('/pay/2');
});

test('methods that only read pass by', async () => {
  let runs = 0;
  const { url } = await started([get('/', { open: true, around: [idempotent({ required: true })] }, () => `${++runs}`)]);
  await fetch(url, { headers: { 'idempotency-key': 'k' } });
  expect(await (await fetch(url, { headers: { 'idempotency-key': 'k' } })).text()).toBe('2');
});

test('options that make no sense are refused where they are written', () => {
  for (const options of [{ ttl: 'soon' }, { ttl: 0 }, { ttl: Number.NaN }, { wait: -1 }, { lock: 0 }, { maxSize: 1.5 }])
    expect(() => idempotent(options)).toThrow(expect.objectContaining({ code: 'HTTP_IDEMPOTENCY_OPTIONS' }) as Error);
});

test('without the module the boot says what is missing', async () => {
  const { route } = counting();
  await expect(serve({ routes: [route] })).rejects.toThrow(/IDEMPOTENCY_STORE/);
});

test('a store that is down fails closed: the handler does not run', async () => {
  const { route, runs } = counting();
  const broken: IdempotencyStore = {
    claim: () => Promise.reject(new Error('down')),
    complete: async () => true,
    release: async () => undefined,
  };
  const { url } = await started([route], broken);
  expect([(await send(`${url}/pay`, 'k')).status, runs.count]).toEqual([500, 0]);
});

const payments = table('payments', { id: id(), amount: integer() });
const migrations = [defineMigration('001', { up: ({ createTable }) => createTable(payments) }), createHttpIdempotencyKeys];

await describeDialect('idempotency keys in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  const served = async () => {
    const Data = DataModule.with({ url: suite.database.url, migrations, migrate: 'start' });
    const pay = async ({ body: { amount } }: { body: { amount: number } }, database: Database) => {
      const row = await database.repository(payments).insert({ amount });
      if (amount === 13) throw new Error('unlucky');
      return created({ number: row.id });
    };
    const contract = { open: true, body, returns } as const;
    @Module({})
    class AppModule {}
    const root = configured(AppModule, {
      imports: [HttpModule.with({ rateLimit: false }), Data, IdempotencyModule.with({ store: sqlIdempotencyStore, imports: [Data] })],
      routes: [
        post('/plain', { ...contract, around: [idempotent()] }, pay, { deps: [DATABASE] }),
        post('/inside', { ...contract, around: [idempotent(), inTransaction()] }, pay, { deps: [DATABASE] }),
        post('/around', { ...contract, around: [inTransaction(), idempotent()] }, pay, { deps: [DATABASE] }),
        post(
          '/lost',
          { ...contract, around: [idempotent({ lock: 1 })] },
          async (context, database: Database) => {
            const made = await pay(context, database);
            await new Promise((resolve) => setTimeout(resolve, 200));
            return made;
          },
          { deps: [DATABASE] },
        ),
      ],
    });
    const app = await createApp(root, { env: { PORT: '0', LOG_LEVEL: 'fatal' }, envFile: false });
    open.push({ [Symbol.asyncDispose]: () => app.stop() });
    await app.start();
    const database = app.get(DATABASE);
    return { url: app.get(HTTP_SERVER).address()!.url, count: () => database.repository(payments).count() };
  };

  test.each(['plain', 'inside', 'around'])('%s: the effect is there once, whoever comes at the same time', async (path) => {
    const { url, count } = await served();
    const before = await count();
    const replies = await Promise.all(Array.from({ length: 8 }, () => send(`${url}/${path}`, `many ${path}`.replace(' ', '-'))));
    const statuses = replies.map((one) => one.status);
    expect(
      statuses.every((status) => status === 201 || status === 409),
      statuses.join(),
    ).toBe(true);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(0);
    const replay = await send(`${url}/${path}`, `many-${path}`);
    expect([replay.status, replay.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(await count()).toBe(before + 1);
  });

  test.each(['plain', 'inside', 'around'])('%s: a handler that throws leaves neither effect nor key', async (path) => {
    const { url, count } = await served();
    const before = await count();
    for (let attempt = 0; attempt < 2; attempt++)
      expect((await send(`${url}/${path}`, `unlucky-${path}`, { amount: 13 })).status).toBe(500);
    expect(await count()).toBe(before);
    // The key is free for another request, too.
    expect((await send(`${url}/${path}`, `unlucky-${path}`, { amount: 14 })).status).toBe(201);
    expect(await count()).toBe(before + 1);
  });

  test('a handler that outlives its lock, and whose key another request has taken over, takes its effect back', async () => {
    const { url, count } = await served();
    const before = await count();
    const slow = send(`${url}/lost`, 'slow');
    await new Promise((resolve) => setTimeout(resolve, 60));
    const statuses = [(await send(`${url}/lost`, 'slow')).status, (await slow).status];
    expect(statuses, statuses.join()).toContain(201);
    expect(await count()).toBe(before + 1);
  });

  test('two processes: the effect is there once', async () => {
    const [one, two] = [await served(), await served()];
    const before = await one.count();
    const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => send(`${(index % 2 === 0 ? one : two).url}/plain`, 'both')));
    expect(replies.every((reply) => reply.status === 201 || reply.status === 409)).toBe(true);
    expect(await one.count()).toBe(before + 1);
  });
});
