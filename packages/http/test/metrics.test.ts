import { setTimeout as sleep } from 'node:timers/promises';
import { configured, createApp, Module, provideValue, REQUEST_CONTEXT } from '@plinth/core';
import { defineGuard, get, guarded, HttpModule, inject, unauthenticated } from '@plinth/http';
import { DataModule, DATABASE } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { databaseMetrics } from '@plinth/http/data';
import { METRIC_SOURCE, METRICS, MetricsModule, type MetricsOptions } from '@plinth/http/metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

@Module({})
class Root {}

const operator = defineGuard({
  name: 'operator',
  security: { name: 'key', scheme: { type: 'http', scheme: 'bearer' } },
  run(context) {
    if (context.header('authorization') !== 'Bearer op') throw unauthenticated();
    return {};
  },
});

async function start(options: MetricsOptions) {
  const routes = [
    get('/orders/:id', { open: true }, () => 'x'),
    get('/trace', { open: true }, (_context, contexts) => contexts.require().traceparent ?? '', { deps: [REQUEST_CONTEXT] }),
  ];
  const root = configured(Root, { imports: [HttpModule.with({ requestLog: false }), MetricsModule.with(options)], routes });
  const app = await createApp(root, { env: { HTTP_RATE_LIMITS: 'off' }, envFile: false, logger: { write: () => undefined } as never });
  return { app, [Symbol.asyncDispose]: () => app.stop() };
}

test('requests are counted by the pattern of their route; what senders choose does not multiply', async () => {
  await using service = await start({ open: true });
  for (const url of ['/orders/1', '/orders/2', '/nothing/1', '/nothing/2']) await inject(service.app, { url });
  const answer = await inject(service.app, { url: '/metrics' });
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = answer.text();
  expect(text).toContain('http_server_request_duration_seconds_count{method="GET",route="/orders/:id",status="200"} 2');
  expect(text).toContain('http_server_request_duration_seconds_bucket{method="GET",route="",status="404",le="+Inf"} 2');
  expect(text).not.toContain('/nothing/1');
  for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds', 'nodejs_gc_duration_seconds_count'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
});

test('OpenMetrics is spoken with those who ask for it', async () => {
  await using service = await start({ open: true });
  const answer = await inject(service.app, { url: '/metrics', headers: { accept: 'application/openmetrics-text; version=1.0.0' } });
  expect(answer.headers['content-type']).toContain('application/openmetrics-text');
  expect(answer.text()).toContain('# TYPE http_server_response_body_bytes counter');
  expect(answer.text().endsWith('# EOF\n')).toBe(true);
});

test('metrics are closed until somebody says who may read them', async () => {
  expect(() => MetricsModule.with({})).toThrow(expect.objectContaining({ code: 'HTTP_METRICS_CLOSED' }));
  await using service = await start({ guards: [operator] });
  expect((await inject(service.app, { url: '/metrics' })).status).toBe(401);
  expect((await inject(service.app, { url: '/metrics', headers: { authorization: 'Bearer op' } })).status).toBe(200);
});

test("instruments of one's own, with few label values and escaped", async () => {
  await using service = await start({ open: true, series: 2 });
  const metrics = service.app.get(METRICS);
  const sold = metrics.counter('sold_total', { help: 'Sold.', labels: ['kind'] });
  for (const kind of ['a"\n\\', 'b', 'c', 'd']) sold.add({ kind });
  metrics.gauge('depth', { help: 'Depth.' }).set({}, 3);
  metrics.histogram('size', { help: 'Size.', buckets: [1, 10] }).observe({}, 1);
  const text = metrics.text();
  for (const line of ['sold_total{kind="a\\"\\n\\\\"} 1', 'sold_total{kind="other"} 2', 'depth 3', 'size_bucket{le="1"} 1', 'size_sum 1'])
    expect(text).toContain(line);
  for (const declare of [
    () => metrics.counter('sold_total', { help: '' }),
    () => metrics.counter('sold', { help: '' }),
    () => metrics.gauge('a-b', { help: '' }),
    () => metrics.gauge('a', { help: '', labels: ['le'] }),
    () => metrics.histogram('h', { help: '', buckets: [2, 1] }),
  ])
    expect(declare).toThrow(expect.objectContaining({ code: 'HTTP_METRIC' }));
});

test('two applications of one process count their own requests only', async () => {
  await using first = await start({ open: true });
  await using second = await start({ open: true });
  for (let count = 0; count < 3; count++) await inject(first.app, { url: '/orders/1' });
  await inject(second.app, { url: '/orders/1' });
  const count = (service: typeof first) =>
    /_duration_seconds_count\{method="GET",route="\/orders\/:id",status="200"\} (\d+)/.exec(service.app.get(METRICS).text())?.[1];
  expect([count(first), count(second)]).toEqual(['3', '1']);
});

test('requests in flight, and the time of handlers apart from that of guards, are measured', async () => {
  const slow = defineGuard({ name: 'slow', run: () => sleep(60) });
  const routes = [
    guarded(slow).get('/guarded', {}, () => 'x'),
    get('/held', { open: true }, async () => {
      await sleep(150);
      throw new Error('x');
    }),
    get('/metered', { open: true }, (_context, metrics) => metrics.text(), { deps: [METRICS] }),
  ];
  const root = configured(Root, { imports: [HttpModule, MetricsModule], routes });
  await using app = await createApp(root, { env: {}, envFile: false, logger: { write: () => undefined } });
  const held = inject(app, { url: '/held' });
  await sleep(20);
  expect((await inject(app, { url: '/metered' })).text()).toContain('\nhttp_server_active_requests 1\n');
  await Promise.all([held, inject(app, { url: '/guarded' }), inject(app, { url: '/held', method: 'PATCH' })]);
  const text = app.get(METRICS).text();
  expect(text).toContain('\nhttp_server_active_requests 0\n');
  const sum = (name: string, route: string) =>
    Number(new RegExp(`${name}_sum\\{method="GET",route="/${route}",status="\\d+"\\} (\\S+)`).exec(text)?.[1]);
  expect(sum('http_server_request_duration_seconds', 'guarded')).toBeGreaterThan(0.05);
  expect(sum('http_server_handler_duration_seconds', 'guarded')).toBeLessThan(0.05);
  expect(sum('http_server_handler_duration_seconds', 'held')).toBeGreaterThan(0.1);
  // A refusal has no handler.
  expect(text).toContain('http_server_request_duration_seconds_count{method="PATCH",route="",status="405"} 1');
  expect(text).not.toContain('http_server_handler_duration_seconds_count{method="PATCH"');
});

test('sources of libraries are asked when the metrics are read; one that fails hides only itself', async () => {
  let depth = 1;
  const source = provideValue(
    METRIC_SOURCE,
    (metrics) => {
      metrics.gauge('queue_depth', { help: 'Depth.', labels: ['queue'], read: () => [{ labels: { queue: 'a"b' }, value: depth }] });
      metrics.gauge('broken', {
        help: 'Broken.',
        read: () => {
          throw new Error('x');
        },
      });
    },
    { many: true },
  );
  const root = configured(Root, { imports: [HttpModule, MetricsModule], providers: [source] });
  await using app = await createApp(root, { env: {}, envFile: false, logger: { write: () => undefined } });
  depth = 7;
  const text = app.get(METRICS).text();
  expect(text).toContain('queue_depth{queue="a\\"b"} 7');
  expect(text).not.toMatch(/^broken /m);
  expect(text).toContain('process_start_time_seconds ');
});

await describeDialect('the pool of a database', { describe, test, beforeAll, afterAll }, (suite) => {
  test('is measured', async () => {
    const root = configured(Root, {
      imports: [HttpModule, MetricsModule, DataModule.with({ pool: { max: 3 } })],
      providers: [databaseMetrics()],
    });
    const env = { DATABASE_URL: suite.database.url };
    await using app = await createApp(root, { env, envFile: false, logger: { write: () => undefined } });
    const database = app.get(DATABASE);
    const metrics = app.get(METRICS);
    const max = database.pool.max;
    await database.transaction(async () => {
      await database.sql`select 1 as n`;
      expect(metrics.text()).toContain('db_client_connection_count{pool="database",state="used"} 1');
    });
    for (const line of [
      'db_client_connection_count{pool="database",state="used"} 0',
      `db_client_connection_max{pool="database"} ${max}`,
      'db_client_connection_pending_requests{pool="database"} 0',
    ])
      expect(metrics.text()).toContain(line);
  });
});

test('series that were looked up once count like the others', async () => {
  await using service = await start({ admin: true, series: 2 });
  expect((await inject(service.app, { url: '/metrics' })).status).toBe(404);
  const metrics = service.app.get(METRICS);
  const sold = metrics.counter('sold_total', { help: 'Sold.', labels: ['kind'] });
  const series = sold.with({ kind: 'a' });
  series.add();
  series.add(2);
  series.add(-5);
  sold.add({ kind: 'a' });
  sold.add({ kind: 'b' });
  sold.with({ kind: 'c' }).add();
  sold.with({ kind: 'd' }).add();
  metrics
    .histogram('size', { help: 'Size.', buckets: [1, 10] })
    .with({})
    .observe(11);
  for (const line of ['sold_total{kind="a"} 4', 'sold_total{kind="other"} 2', 'size_bucket{le="10"} 0', 'size_bucket{le="+Inf"} 1'])
    expect(metrics.text()).toContain(line);
});

test('a trace is continued with a span of our own, or begun', async () => {
  await using service = await start({ open: true });
  const trace = async (traceparent?: string) =>
    (await inject(service.app, { url: '/trace', headers: traceparent === undefined ? {} : { traceparent } })).text();
  const [, id, span, flags] = (await trace(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)).split('-');
  expect([id, flags]).toEqual(['a'.repeat(32), '01']);
  expect(span).not.toBe('b'.repeat(16));
  for (const bad of [undefined, `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x'])
    expect(await trace(bad)).toMatch(/^00-(?!0{32}|a{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/);
});
