import { get, inject, type HttpOptions } from '@plinth/http';
import { expect, test } from 'vitest';
import { build, type LogLine } from './support/serve.js';

const routes = [
  get('/orders/:id', { open: true }, () => 'text'),
  get('/reset/token=:value', { open: true }, () => 'text'),
  get('/password=secret/:id', { open: true }, () => 'text'),
];
const linesOf = (logs: readonly LogLine[]) => logs.filter(({ msg }) => msg === 'request');

async function linesFor(http: HttpOptions, env: Record<string, string> = {}): Promise<readonly LogLine[]> {
  await using server = await build({ routes, http, env });
  const headers = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  for (const url of ['/orders/7', '/reset/token=abc', '/password=secret/1']) await inject(server.app, { url, headers });
  await inject(server.app, { url: '/orders/7', method: 'HEAD', headers });
  return linesOf(server.logs);
}

test('the line of a request is the same whether it was written as text or through an object', async () => {
  const text = await linesFor({});
  // With a field of the author every line goes through an object.
  const object = await linesFor({ requestLog: { fields: () => ({}) } });
  const constant = (lines: readonly LogLine[]) =>
    lines.map(({ time: _time, requestId: _id, ms: _ms, spanId: _span, ...rest }) => Object.entries(rest));
  expect(constant(text)).toEqual(constant(object));
  expect(text.map((line) => Object.keys(line))).toEqual(object.map((line) => Object.keys(line)));
  for (const { ms, requestId, spanId, traceId } of text) {
    expect(ms).toBeTypeOf('number');
    expect(Math.round((ms as number) * 1000) / 1000).toBe(ms);
    expect(requestId).toMatch(/^[0-9a-z]+-[0-9a-z]+$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  }
});

test('what is to be hidden is hidden in it [LOG-04]', async () => {
  const [first, , third] = await linesFor({});
  expect(first).toMatchObject({ route: '/orders/:id' });
  expect(third).toMatchObject({ route: '/password=[redacted]' });
  for (const line of await linesFor({}, { LOG_REDACT: 'route' }))
    expect(line).toMatchObject({ route: '[redacted]', method: expect.any(String) });
});
