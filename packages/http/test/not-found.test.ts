import { get, inject, notFound, reply } from '@plinth/http';
import { expect, test } from 'vitest';
import { build, serve, until } from './support/serve.js';

const nothing = { open: true, returns: { 404: null } } as const;
const on = { HTTP_RATE_LIMITS: '' };

test('a notFound has the limits of its contract in place of the default one, and counts each request once [RT-06]', async () => {
  const routes = [
    notFound('/api', { ...nothing, rateLimit: { limit: 2, per: '1h', name: 'lost' } }, () => reply(404, undefined)),
    notFound('/free', { ...nothing, rateLimit: false }, () => reply(404, undefined)),
    notFound('/', nothing, () => reply(404, undefined)),
  ];
  await using built = await build({ routes, env: on, http: { rateLimit: { limit: 10, per: '1h' } } });
  const ask = async (url: string) => {
    const { status, headers } = await inject(built.app, { url });
    return [status, headers['ratelimit']?.toString().replace(/;t=.*/, '')];
  };
  expect([await ask('/api/a'), await ask('/api/b'), await ask('/api/c')]).toEqual([
    [404, '"lost";r=1'],
    [404, '"lost";r=0'],
    [429, '"lost";r=0'],
  ]);
  expect([await ask('/x'), await ask('/y')]).toEqual([
    [404, '"default";r=9'],
    [404, '"default";r=8'],
  ]);
  expect(await ask('/free/x')).toEqual([404, undefined]);
});

test('a notFound is refused like a route where there is too much to do, by its priority [RT-06]', async () => {
  let release = () => undefined as void;
  const held = new Promise<void>((resolve) => (release = resolve));
  let inside = 0;
  await using server = await serve({
    routes: [
      get('/slow', { open: true }, async () => {
        inside++;
        await held;
      }),
      notFound('/', nothing, () => reply(404, undefined)),
      notFound('/vip', { ...nothing, priority: 'high' }, () => reply(404, undefined)),
    ],
    http: { limits: { inFlight: 1 } },
  });
  const slow = fetch(`${server.url}/slow`);
  await until(() => inside === 1);
  const refused = await fetch(`${server.url}/nowhere`);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'HTTP_OVERLOADED']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await fetch(`${server.url}/vip/nowhere`)).status).toBe(404);
  release();
  expect((await slow).status).toBe(204);
  expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
});

test('the pages that may read a notFound are those of its contract, and no preflight gets leave from it [RT-06]', async () => {
  const origin = 'https://app.example.com';
  await using built = await build({
    routes: [
      get('/x', { open: true }, () => 'x'),
      notFound('/closed', { open: true, cors: false, returns: { 200: null } }, () => reply(200, undefined)),
      notFound('/', { open: true, returns: { 200: null } }, () => reply(200, undefined)),
    ],
    http: { cors: { origins: [origin], methods: ['GET'] } },
  });
  const leave = async (url: string, method = 'GET', headers: Record<string, string> = {}) => {
    const answer = await inject(built.app, { url, method, headers: { origin, ...headers } });
    return [answer.headers['access-control-allow-origin'], String(answer.headers.vary).includes('Origin')];
  };
  expect(await leave('/nowhere')).toEqual([origin, true]);
  expect(await leave('/x', 'DELETE')).toEqual([origin, true]);
  expect((await leave('/closed/x'))[0]).toBeUndefined();
  const preflight = { 'access-control-request-method': 'PUT' };
  expect(await leave('/nowhere', 'OPTIONS', preflight)).toEqual([undefined, true]);
  expect((await leave('/x', 'OPTIONS', { 'access-control-request-method': 'GET' }))[0]).toBe(origin);
});
