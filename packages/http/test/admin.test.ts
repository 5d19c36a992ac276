import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configured, createApp, HEALTH_CHECK, Module, provideValue } from '@plinth/core';
import { ADMIN_ROUTE, get, HTTP_SERVER, HttpModule, inject, type AdminOptions } from '@plinth/http';
import { MetricsModule } from '@plinth/http/metrics';
import { expect, test } from 'vitest';
import { sendRaw } from './support/serve.js';

@Module({})
class Root {}

async function start(admin: AdminOptions | undefined, env: Record<string, string> = {}) {
  const broken = provideValue(
    HEALTH_CHECK,
    {
      name: 'database',
      check: () => {
        throw new Error('db-7.internal is gone');
      },
    },
    { many: true },
  );
  const extra = provideValue(
    ADMIN_ROUTE,
    get('/caches/:name', { open: true }, ({ params }) => params.name),
    { many: true },
  );
  const routes = [get('/orders/:id', { open: true, summary: 'One order.' }, () => 'x')];
  const root = configured(Root, {
    imports: [HttpModule.with({ ...(admin !== undefined && { admin }) }), MetricsModule],
    providers: [broken, extra],
    routes,
  });
  const app = await createApp(root, { env: { PORT: '0', ...env }, envFile: false, logger: { write: () => undefined } });
  await app.start();
  const server = app.get(HTTP_SERVER);
  return { app, server, url: server.adminAddress()?.url ?? '', [Symbol.asyncDispose]: () => app.stop() };
}

test('the admin listener serves metrics, health with its details and routes, and the port of the application does not', async () => {
  await using service = await start({ port: 0 });
  expect(service.server.adminAddress()?.host).toBe('127.0.0.1');
  await inject(service.app, { url: '/orders/1' });
  const metrics = await fetch(`${service.url}/metrics`);
  expect(metrics.headers.get('content-type')).toContain('text/plain');
  expect(await metrics.text()).toContain('http_server_request_duration_seconds_count{method="GET",route="/orders/:id",status="200"} 1');
  const details = await fetch(`${service.url}/health/details`);
  expect([details.status, await details.json()]).toMatchObject([
    503,
    { checks: [{ name: 'database', reason: expect.stringContaining('gone') as string }] },
  ]);
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  const routes = (await (await fetch(`${service.url}/routes`)).json()) as object[];
  expect(routes).toContainEqual(expect.objectContaining({ method: 'GET', path: '/orders/:id', open: true, summary: 'One order.' }));
  expect(await (await fetch(`${service.url}/caches/users`)).text()).toBe('users');
  for (const url of ['/metrics', '/routes', '/health/details', '/caches/users'])
    expect((await inject(service.app, { url })).status).toBe(404);
  expect((await fetch(`${service.url}/orders/1`)).status).toBe(404);
});

test('what is asked of the admin listener is not counted as a request of the application', async () => {
  await using service = await start({ port: 0 });
  await fetch(`${service.url}/health/live`);
  expect(await (await fetch(`${service.url}/metrics`)).text()).not.toContain('/health/live');
});

test('a page that calls the admin listener under a name of its own is refused; addresses are not', async () => {
  await using service = await start({ port: 0 });
  const { port } = service.server.adminAddress()!;
  const ask = async (host: string, path = '/metrics') =>
    (await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 100)).statuses;
  for (const host of ['127.0.0.1', `localhost:${port}`, '10.2.3.4:9464', '[::1]', '[fd00::1]:9464']) expect(await ask(host)).toEqual([200]);
  for (const host of ['evil.example', '10.2.3.4.evil.example', '10.2.3.4.5', `rebound.example:${port}`])
    expect(await ask(host)).toEqual([421]);
  expect(await ask('bad host')).toEqual([400]);
  expect(await ask('127.0.0.1', '/health/../metrics')).toEqual([400]);
  expect((await sendRaw(port, 'POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n', 100)).statuses).toEqual([405]);
});

test('the environment opens it on this machine only, and stands over the port in the code', async () => {
  await using service = await start(undefined, { ADMIN_PORT: '0' });
  expect(service.server.adminAddress()).toMatchObject({ host: '127.0.0.1' });
  await using everywhere = await start({ port: 1, host: '0.0.0.0' }, { ADMIN_PORT: '0' });
  expect(everywhere.server.adminAddress()).toMatchObject({ host: '0.0.0.0' });
  await using none = await start({ host: '0.0.0.0' });
  expect(none.server.adminAddress()).toBeUndefined();
});

test('it is the last to close: probes are answered while the application drains', async () => {
  const service = await start({ port: 0 }, { HTTP_GRACE: '300ms' });
  const stopped = service.app.stop('SIGTERM');
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(503);
  await stopped;
  await expect(fetch(`${service.url}/health/live`)).rejects.toThrow();
});

test('a place that makes no sense, or is taken, stops the start', async () => {
  for (const options of [{ port: 70_000 }, { port: 1.5 }, { port: 0, host: '' }])
    await expect(start(options)).rejects.toMatchObject({ problems: [expect.objectContaining({ code: 'HTTP_ADMIN' })] });
  await expect(start({ port: 3456 }, { PORT: '3456' })).rejects.toMatchObject({
    problems: [expect.objectContaining({ code: 'HTTP_ADMIN' })],
  });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  await expect(start({ port: (other.address() as AddressInfo).port })).rejects.toMatchObject({
    cause: { code: 'HTTP_PORT_IN_USE' },
  });
  other.close();
});
