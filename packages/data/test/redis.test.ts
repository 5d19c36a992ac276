import { type App, type BootError, createApp, HEALTH, Module } from '@plinth/core';
import { openRedis, REDIS, type Redis, RedisModule, redisScript } from '@plinth/data/redis';
import { afterEach, expect, test } from 'vitest';
import { startRedis, type RedisServer } from './support/redis-server.js';

const open: { close?(): unknown; stop?(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.close ?? one.stop)?.call(one);
});

const server = async (...settings: string[]): Promise<RedisServer> => {
  const started = await startRedis(...settings);
  open.push({ close: () => started.stop() });
  return started;
};
const client = async (url: string, options: Partial<Parameters<typeof openRedis>[0]> = {}): Promise<Redis> => {
  const redis = await openRedis({ url, ...options });
  open.push(redis);
  await redis.untilReady(3_000);
  return redis;
};
const boot = async (env: Record<string, string>, module = RedisModule.with()): Promise<App> => {
  @Module({ imports: [module] })
  class AppModule {}
  const app = await createApp(AppModule, { env: { LOG_LEVEL: 'fatal', ...env }, envFile: false });
  open.push(app);
  return app;
};
const problemsOf = async (work: Promise<unknown>) => ((await work.catch((error: unknown) => error)) as BootError).problems;
const until = async (condition: () => boolean | Promise<boolean>) => {
  const end = performance.now() + 8_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('The condition did not come true.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'fine',
    (error: { code?: string }) => error.code,
  );

test('an application gets its Redis, healthy, and closed at stop', async () => {
  const { url } = await server();
  const app = await boot({ REDIS_URL: url });
  await app.start();
  const redis = app.get(REDIS);
  await redis.send('SET', 'greeting', 'hello');
  expect(await redis.send('GET', 'greeting')).toBe('hello');
  expect((await app.get(HEALTH).ready()).checks).toMatchObject([{ name: 'redis', status: 'up' }]);
  await app.stop();
  await expect(redis.send('PING')).rejects.toMatchObject({ code: 'DATA_REDIS_CLOSED' });
});

test('no URL, and one that is none, are problems of the boot, and the password is not in them', async () => {
  expect(JSON.stringify(await problemsOf(boot({})))).toContain('REDIS_URL');
  for (const url of ['http://ann:topsecret@host', 'redis://ann:topsecret@host/shop', 'redis://ann:topsecret@host?db=1', 'nonsense']) {
    const problems = await problemsOf(boot({ REDIS_URL: url }));
    expect(problems).toMatchObject([{ code: 'DATA_REDIS_URL' }]);
    expect(JSON.stringify(problems)).not.toContain('topsecret');
  }
});

test('a server that cannot be reached, or refuses the password, is a problem of the boot', async () => {
  const unreachable = await problemsOf(boot({ REDIS_URL: 'redis://ann:topsecret@127.0.0.1:1' }));
  expect(unreachable).toMatchObject([{ code: 'DATA_REDIS_UNREACHABLE_AT_START' }]);
  expect(unreachable[0]!.message).toContain('nothing listens there');
  expect(JSON.stringify(unreachable)).not.toContain('topsecret');
  const { port } = await server('--requirepass', 'right');
  const refused = await problemsOf(boot({ REDIS_URL: `redis://:topsecret@127.0.0.1:${port}` }));
  expect(refused).toMatchObject([{ code: 'DATA_REDIS_UNREACHABLE_AT_START' }]);
  expect(refused[0]!.message).toContain('password is refused');
  expect(JSON.stringify(refused)).not.toContain('topsecret');
  await (await client(`redis://:right@127.0.0.1:${port}/3`)).ping();
});

test('a plain server is no TLS server: rediss: does not fall back', async () => {
  const { port } = await server();
  expect(await problemsOf(boot({ REDIS_URL: `rediss://127.0.0.1:${port}` }))).toMatchObject([{ code: 'DATA_REDIS_UNREACHABLE_AT_START' }]);
});

test('a command that the server refuses has a code, and the connection goes on', async () => {
  const redis = await client((await server()).url);
  await redis.send('LPUSH', 'list', 'a');
  await expect(redis.send('GET', 'list')).rejects.toMatchObject({
    code: 'DATA_REDIS_COMMAND',
    message: expect.stringContaining('WRONGTYPE'),
  });
  await expect(redis.send('NOSUCHCOMMAND')).rejects.toMatchObject({ code: 'DATA_REDIS_COMMAND' });
  expect(await redis.send('LLEN', 'list')).toBe(1);
});

test('a script runs by its hash, also after the server has forgotten it', async () => {
  const redis = await client((await server()).url);
  const add = redisScript(`return redis.call('INCRBY', KEYS[1], ARGV[1])`);
  expect(await redis.run(add, ['n'], ['2'])).toBe(2);
  await redis.send('SCRIPT', 'FLUSH');
  expect(await redis.run(add, ['n'], ['3'])).toBe(5);
});

test('while the server is dead commands fail at once; when it is back they work again', async () => {
  const started = await server();
  const redis = await client(started.url);
  await started.kill();
  await until(() => !redis.ready);
  const begun = performance.now();
  const codes = await Promise.all(Array.from({ length: 500 }, () => codeOf(redis.send('PING'))));
  expect(new Set(codes)).toEqual(new Set(['DATA_REDIS_UNAVAILABLE']));
  expect(performance.now() - begun).toBeLessThan(300);
  await started.restart();
  await until(async () => (await codeOf(redis.send('PING'))) === 'fine');
}, 20_000);

test('a frozen server costs each command its time limit once, then they fail at once; thawed, they work again', async () => {
  const started = await server();
  const redis = await client(started.url, { commandTimeout: 300 });
  started.freeze();
  const begun = performance.now();
  expect(await codeOf(redis.send('PING'))).toBe('DATA_REDIS_TIMEOUT');
  expect(performance.now() - begun).toBeLessThan(600);
  const again = performance.now();
  expect(await codeOf(redis.send('PING'))).toBe('DATA_REDIS_UNAVAILABLE');
  expect(performance.now() - again).toBeLessThan(50);
  // Frozen for longer than the connection lasts: the next one, too, meets a server that accepts and says nothing.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  expect(await codeOf(redis.send('PING'))).toBe('DATA_REDIS_UNAVAILABLE');
  started.thaw();
  await until(async () => (await codeOf(redis.send('PING'))) === 'fine');
}, 25_000);

test('what waits for an answer is bounded', async () => {
  const started = await server();
  const redis = await client(started.url, { maxWaiting: 20, commandTimeout: 300 });
  started.freeze();
  const codes = await Promise.all(Array.from({ length: 100 }, () => codeOf(redis.send('PING'))));
  started.thaw();
  expect(codes.filter((code) => code === 'DATA_REDIS_UNAVAILABLE').length).toBeGreaterThanOrEqual(79);
});

test('the health check turns red with the server and green again', async () => {
  const started = await server();
  const app = await boot({ REDIS_URL: started.url });
  await app.start();
  await started.kill();
  await until(async () => (await app.get(HEALTH).ready()).status === 'down');
  await started.restart();
  await until(async () => (await app.get(HEALTH).ready()).status === 'up');
  expect((await app.get(HEALTH).ready()).checks).toMatchObject([{ name: 'redis', status: 'up' }]);
}, 20_000);
