import { Module, provideValue, type BootError } from '@plinth/core';
import { RedisModule } from '@plinth/data/redis';
import {
  defineGuard,
  get,
  guarded,
  RATE_LIMIT_STORE,
  SIGN_IN_LIMIT,
  type GuardContext,
  type HttpOptions,
  type RouteDefinition,
} from '@plinth/http';
import { redisRateLimitStore } from '@plinth/http/redis';
import { fakeClock, testApp } from '@plinth/testing';
import { configured, createApp } from '@plinth/core';
import { HttpModule, HTTP_SERVER } from '@plinth/http';
import { afterEach, describe, expect, test } from 'vitest';
import { startRedis, type RedisServer } from '../../data/test/support/redis-server.js';
import { build, sendRaw, serve, type Served } from './support/serve.js';

const open: { [Symbol.asyncDispose](): PromiseLike<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

const limited = async (served: Served) => {
  const server = await serve({ ...served, env: { HTTP_RATE_LIMITS: '', ...served.env } });
  open.push(server);
  return server;
};
const hello = (rateLimit?: Parameters<typeof get>[1]['rateLimit'], path = '/'): RouteDefinition =>
  get(path, { open: true, ...(rateLimit !== undefined && { rateLimit }) }, () => 'hello');
const times = async (count: number, run: () => Promise<Response>) => {
  const statuses: number[] = [];
  for (let index = 0; index < count; index++) statuses.push((await run()).status);
  return statuses;
};
const count = (statuses: readonly number[], status: number) => statuses.filter((one) => one === status).length;
const problemsOf = async (routes: readonly RouteDefinition[], http: HttpOptions = {}, env: Record<string, string> = {}) =>
  ((await build({ routes, http, env: { HTTP_RATE_LIMITS: '', ...env } }).catch((error: unknown) => error)) as BootError).problems;

const user = defineGuard({
  name: 'user',
  run: (context) => {
    const id = context.header('x-user');
    return id === undefined ? {} : { user: { id } };
  },
});
const signedIn = guarded(user);

describe('by default', () => {
  test('a client may send 100 requests at once, of 600 a minute; then it is told when to come back', async () => {
    const { url } = await limited({ routes: [hello()] });
    const first = await fetch(url);
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=600;w=60');
    expect(first.headers.get('ratelimit')).toBe('"default";r=99;t=1');
    const statuses = await times(110, () => fetch(url));
    expect(count(statuses, 200)).toBeGreaterThanOrEqual(99);
    expect(count(statuses, 429)).toBeGreaterThan(0);
    let refused = await fetch(url);
    while (refused.status !== 429) refused = await fetch(url);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit')).toBe('"default";r=0;t=10');
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await refused.json()).toMatchObject({ code: 'HTTP_RATE_LIMITED', status: 429, 'violated-policies': ['default'] });
  });

  test('requests that meet no route count as well, and health checks never do', async () => {
    const { url } = await limited({ routes: [hello()], http: { rateLimit: { limit: 5 } } });
    expect(await times(3, () => fetch(`${url}/nowhere`))).toEqual([404, 404, 404]);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${url}/nowhere`)).status).toBe(429);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(429);
    expect(count(await times(20, () => fetch(`${url}/health/live`)), 200)).toBe(20);
    expect((await fetch(`${url}/health/ready`)).headers.has('ratelimit')).toBe(false);
  });

  test('HEAD and OPTIONS take from the bucket of their GET', async () => {
    const { url } = await limited({ routes: [hello({ limit: 3 })] });
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204);
    expect((await fetch(url)).headers.get('ratelimit')).toMatch(/^"GET \/";r=0;/);
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect((await fetch(url, { method })).status).toBe(429);
  });

  test('a forwarded address is not believed: nobody gets a new bucket by a header', async () => {
    const { url } = await limited({ routes: [hello()], http: { rateLimit: { limit: 3 } } });
    let index = 0;
    const statuses = await times(6, () => {
      const ip = `10.0.0.${index++}`;
      return fetch(url, { headers: { 'x-forwarded-for': ip, forwarded: `for=${ip}`, 'x-real-ip': ip } });
    });
    expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
  });

  test('a refused request runs no guard and does not have its body read', async () => {
    let guards = 0;
    const counted = guarded(defineGuard({ name: 'counted', run: () => void guards++ }));
    const routes = [counted.post('/', { body: {}, rateLimit: { limit: 1 } }, () => 'done')];
    const { url, port } = await limited({ routes });
    await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    const answer = await sendRaw(
      port,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(answer.statuses).toEqual([429]);
    expect(guards).toBe(1);
  });

  test('50 requests at the same time: exactly as many pass as the burst has', async () => {
    const { url } = await limited({ routes: [hello({ limit: 20, per: '1h' })] });
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await fetch(url)).status));
    expect(count(statuses, 200)).toBe(20);
    expect(count(statuses, 429)).toBe(30);
  });
});

describe('what routes declare', () => {
  test('a limit of its own takes the place of the default one, and `false` of all', async () => {
    const { url } = await limited({
      routes: [hello({ limit: 2 }, '/few'), hello(false, '/free'), hello()],
      http: { rateLimit: { limit: 4 } },
    });
    expect(await times(3, () => fetch(`${url}/few`))).toEqual([200, 200, 429]);
    expect(count(await times(30, () => fetch(`${url}/free`)), 200)).toBe(30);
    expect((await fetch(`${url}/free`)).headers.has('ratelimit')).toBe(false);
    expect(await times(5, () => fetch(url))).toEqual([200, 200, 200, 200, 429]);
  });

  test('a cost is taken from the default limit', async () => {
    const { url } = await limited({ routes: [hello({ cost: 4 }, '/dear'), hello()], http: { rateLimit: { limit: 10 } } });
    expect(await times(3, () => fetch(`${url}/dear`))).toEqual([200, 200, 429]);
    expect(await times(3, () => fetch(url))).toEqual([200, 200, 429]);
  });

  test('by user: each has a limit of his own, those without one that of their address, and nobody takes another one for it', async () => {
    const routes = [signedIn.get('/', { rateLimit: { limit: 2, by: 'user' } }, () => 'hello')];
    const { url } = await limited({ routes });
    const as = (id?: string) => () => fetch(url, id === undefined ? {} : { headers: { 'x-user': id } });
    expect(await times(3, as('ann'))).toEqual([200, 200, 429]);
    expect(await times(3, as('bob'))).toEqual([200, 200, 429]);
    expect(await times(3, as())).toEqual([200, 200, 429]);
    expect(await times(1, as('127.0.0.1'))).toEqual([200]);
    expect((await fetch(url, { headers: { 'x-user': 'cid' } })).headers.get('ratelimit')).toMatch(
      /^"default";r=\d+;t=\d+, "GET \/";r=1;t=\d+$/,
    );
  });

  test('by a function of the request, several at once: a user and everybody together [ASVS 2.3.2]', async () => {
    const routes = [
      signedIn.post(
        '/:shop/reports',
        {
          rateLimit: [
            { name: 'reports of a user', limit: 2, per: '1h', by: 'user' },
            { name: 'reports of a shop', limit: 3, per: '1h', by: (context: GuardContext) => context.params['shop'] },
            { name: 'all reports', limit: 5, per: '1h', by: () => 'all' },
          ],
        },
        () => 'done',
      ),
    ];
    const { url } = await limited({ routes });
    const order = async (shop: string, id: string) => {
      const response = await fetch(`${url}/${shop}/reports`, { method: 'POST', headers: { 'x-user': id } });
      return response.status === 429
        ? ((await response.json()) as { 'violated-policies': string[] })['violated-policies'][0]
        : response.status;
    };
    expect([await order('a', 'ann'), await order('a', 'ann'), await order('a', 'ann')]).toEqual([200, 200, 'reports of a user']);
    expect([await order('a', 'bob'), await order('a', 'bob')]).toEqual([200, 'reports of a shop']);
    expect([await order('b', 'cid'), await order('b', 'cid'), await order('b', 'dan')]).toEqual([200, 200, 'all reports']);
  });

  test('a key that a function does not give is not limited', async () => {
    const routes = [hello({ limit: 1, by: (context) => context.header('x-key') })];
    const { url } = await limited({ routes });
    expect(await times(3, () => fetch(url))).toEqual([200, 200, 200]);
    expect(await times(2, () => fetch(url, { headers: { 'x-key': 'k' } }))).toEqual([200, 429]);
  });

  test('routes whose limits have one name share it', async () => {
    const { url } = await limited({ routes: [hello(SIGN_IN_LIMIT, '/a'), hello(SIGN_IN_LIMIT, '/b')] });
    expect(count(await times(15, () => fetch(`${url}/a`)), 200)).toBe(15);
    expect(count(await times(10, () => fetch(`${url}/b`)), 200)).toBe(5);
  });

  test('a name that is no ASCII is written so that it can stand in a header', async () => {
    const { url } = await limited({ routes: [hello({ limit: 9, name: 'Grüße "an" \\ alle' })] });
    expect((await fetch(url)).headers.get('ratelimit-policy')).toBe('"Gr%C3%BC%C3%9Fe \\"an\\" \\\\ alle";q=9;w=60');
  });

  test('headers: false sends none, and Retry-After all the same', async () => {
    const { url } = await limited({ routes: [hello()], http: { rateLimit: { limit: 1, headers: false } } });
    expect((await fetch(url)).headers.has('ratelimit')).toBe(false);
    const refused = await fetch(url);
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.has('ratelimit-policy')]).toEqual([429, '60', false]);
  });

  test('rateLimit: false of the server leaves those of routes', async () => {
    const { url } = await limited({ routes: [hello(), hello({ limit: 1 }, '/one')], http: { rateLimit: false } });
    expect(count(await times(150, () => fetch(url)), 200)).toBe(150);
    expect(await times(2, () => fetch(`${url}/one`))).toEqual([200, 429]);
  });
});

describe('what operators say', () => {
  test('HTTP_RATE_LIMITS replaces rates by their names', async () => {
    const routes = [hello(), hello({ limit: 1, name: 'sign-in' }, '/sign-in'), hello({ limit: 1, name: 'off' }, '/off')];
    const { url } = await limited({ routes, env: { HTTP_RATE_LIMITS: '100/1m/2, sign-in=3/1h, off=off' } });
    const first = await fetch(url);
    expect([first.headers.get('ratelimit-policy'), first.headers.get('ratelimit')]).toEqual(['"default";q=100;w=60', '"default";r=1;t=1']);
    expect(await times(4, () => fetch(`${url}/sign-in`))).toEqual([200, 200, 200, 429]);
    expect(count(await times(5, () => fetch(`${url}/off`)), 200)).toBe(5);
  });

  test('off switches all of them off', async () => {
    const { url } = await limited({ routes: [hello({ limit: 1 })], env: { HTTP_RATE_LIMITS: 'off' } });
    expect(await times(3, () => fetch(url))).toEqual([200, 200, 200]);
  });

  test('what is no rate stops the boot', async () => {
    for (const HTTP_RATE_LIMITS of [
      'lots',
      'default=0/1m',
      'default=10',
      'default=10/never',
      '=1/1m',
      'default=10/1m/0',
      'default=1e3/1m',
      'default=10/0s',
    ])
      expect(await problemsOf([hello()], {}, { HTTP_RATE_LIMITS }), HTTP_RATE_LIMITS).toMatchObject([{ code: 'HTTP_RATE_LIMITS' }]);
  });

  test('a name that no limit has stops the boot, and the names are told', async () => {
    const routes = [hello(), hello({ limit: 1, name: 'sign-in' }, '/sign-in')];
    for (const rate of ['5/1m', 'off'])
      expect(await problemsOf(routes, {}, { HTTP_RATE_LIMITS: `default=10/1m, signin=${rate}` })).toMatchObject([
        {
          code: 'HTTP_RATE_LIMITS',
          message: expect.stringContaining('"signin", which is the name of no limit here; there are "default", "sign-in"'),
        },
      ]);
    expect(await problemsOf(routes, { rateLimit: false }, { HTTP_RATE_LIMITS: '10/1m' })).toMatchObject([{ code: 'HTTP_RATE_LIMITS' }]);
  });
});

test('limits that make no sense stop the boot, all of them at once', async () => {
  const nonsense = [
    { limit: 0 },
    { limit: -1 },
    { limit: Number.NaN },
    { limit: Number.POSITIVE_INFINITY },
    { limit: 1.5 },
    { limit: 10, per: 0 },
    { limit: 10, per: 'soon' },
    { limit: 10, per: -5 },
    { limit: 10, burst: 0 },
    { limit: 10, cost: 0 },
    { limit: 10, cost: 11 },
    { limit: 10, burst: 5, cost: 6 },
    { limit: 10_000, per: 1 },
    { limit: 1, per: '99999d' },
    { per: '1m' },
    { by: 'user' },
    { limit: 10, by: 'user' },
    { limit: 10, by: 'nobody' as never },
    { limit: 10, name: '' },
    { limit: 10, whenDown: 'maybe' as never },
    { cost: 101 },
  ] as const;
  const routes = nonsense.map((rateLimit, index) => hello(rateLimit, `/${index}`));
  const problems = await problemsOf(routes);
  expect(problems.map((problem) => problem.code)).toEqual(nonsense.map(() => 'HTTP_RATE_LIMIT'));
  expect(await problemsOf([hello()], { rateLimit: { limit: 0 } })).toMatchObject([{ code: 'HTTP_RATE_LIMIT' }]);
  expect(await problemsOf([hello({ limit: 1, name: 'x' }, '/a'), hello({ limit: 2, name: 'x' }, '/b')])).toMatchObject([
    { code: 'HTTP_RATE_LIMIT' },
  ]);
});

test('the time of the limits is that of the clock, which tests can move', async () => {
  @Module({ imports: [HttpModule], routes: [hello({ limit: 1, per: '1h' })] })
  class AppModule {}
  const clock = fakeClock();
  await using app = await testApp(AppModule).clock(clock).env({ HTTP_RATE_LIMITS: undefined }).start();
  expect([(await app.client.get('/')).status, (await app.client.get('/')).status]).toEqual([200, 429]);
  await clock.advance(3_600_000);
  expect((await app.client.get('/')).status).toBe(200);
  await using quick = await testApp(AppModule).start();
  expect([(await quick.client.get('/')).status, (await quick.client.get('/')).status]).toEqual([200, 200]);
});

describe('when the store is down', () => {
  const served = async (redis: RedisServer, env: Record<string, string> = {}) => {
    @Module({})
    class AppModule {}
    const root = configured(AppModule, {
      imports: [HttpModule.with({ rateLimit: { limit: 5, per: '1h' } }), RedisModule.with({ url: redis.url })],
      providers: [redisRateLimitStore],
      routes: [hello(), hello({ limit: 2, per: '1h', whenDown: 'open' }, '/open'), hello({ ...SIGN_IN_LIMIT, limit: 1_000 }, '/sign-in')],
    });
    const logs: string[] = [];
    const { Writable } = await import('node:stream');
    const logger = new Writable({ write: (chunk: Buffer, _encoding, done) => (logs.push(...chunk.toString().split('\n')), done()) });
    const app = await createApp(root, { env: { PORT: '0', LOG_FORMAT: 'json', ...env }, envFile: false, logger });
    open.push({ [Symbol.asyncDispose]: () => app.stop() });
    await app.start();
    return { url: app.get(HTTP_SERVER).address()!.url, logs };
  };
  const eventually = async (run: () => Promise<boolean>) => {
    const end = performance.now() + 10_000;
    while (!(await run())) {
      if (performance.now() > end) throw new Error('It did not come true.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  test('killed: each limit does what it says, at once, logged once; and all of them recover', async () => {
    const redis = await startRedis();
    open.push({ [Symbol.asyncDispose]: () => redis.stop() });
    const { url, logs } = await served(redis);
    expect(await times(6, () => fetch(url))).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await fetch(`${url}/sign-in`)).status).toBe(200);
    await redis.kill();
    await eventually(async () => (await fetch(`${url}/sign-in`)).status === 503);
    const closed = await fetch(`${url}/sign-in`);
    expect([closed.headers.get('retry-after'), ((await closed.json()) as { code: string }).code]).toEqual(['5', 'HTTP_RATE_LIMIT_STORE']);
    expect(count(await times(10, () => fetch(`${url}/open`)), 200)).toBe(10);
    const begun = performance.now();
    expect(await times(6, () => fetch(url))).toEqual([200, 200, 200, 200, 200, 429]);
    expect(performance.now() - begun).toBeLessThan(500);
    expect(logs.filter((line) => line.includes('the store of the rate limits does not answer')).length).toBe(1);
    await redis.restart();
    await eventually(async () => (await fetch(`${url}/sign-in`)).status === 200);
    expect(logs.filter((line) => line.includes('the store of the rate limits answers again')).length).toBe(1);
    expect(await times(6, () => fetch(url))).toEqual([200, 200, 200, 200, 200, 429]);
  }, 30_000);

  test('frozen: the first request waits a quarter of a second, the others not at all', async () => {
    const redis = await startRedis();
    open.push({ [Symbol.asyncDispose]: () => redis.stop() });
    const { url } = await served(redis);
    await fetch(url);
    redis.freeze();
    const begun = performance.now();
    expect((await fetch(url)).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(200);
    expect(performance.now() - begun).toBeLessThan(600);
    const again = performance.now();
    expect(await times(4, () => fetch(url))).toEqual([200, 200, 200, 200]);
    expect(performance.now() - again).toBeLessThan(200);
    redis.thaw();
    await eventually(async () => (await fetch(`${url}/sign-in`)).status === 200);
  }, 30_000);

  test('a store of the application that throws, or gives no number, is one that is down', async () => {
    for (const take of [
      () => Promise.reject(new Error('broken')),
      () => 'nonsense' as never,
      () => Number.NaN,
      () => {
        throw new Error('broken');
      },
    ]) {
      const routes = [hello({ limit: 2 }), hello({ limit: 2, whenDown: 'closed' }, '/closed')];
      const server = await limited({ routes, providers: [provideValue(RATE_LIMIT_STORE, { take })] });
      expect(await times(3, () => fetch(server.url))).toEqual([200, 200, 429]);
      expect((await fetch(`${server.url}/closed`)).status).toBe(503);
    }
  });

  test('two processes over one Redis count together', async () => {
    const redis = await startRedis();
    open.push({ [Symbol.asyncDispose]: () => redis.stop() });
    const [one, two] = [await served(redis), await served(redis)];
    expect(await times(3, () => fetch(one.url))).toEqual([200, 200, 200]);
    expect(await times(3, () => fetch(two.url))).toEqual([200, 200, 429]);
  });
});
