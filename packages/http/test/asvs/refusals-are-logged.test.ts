import { defineGuard, get, guarded, inject, noCredential, post } from '@plinth/http';
import { expect, test } from 'vitest';
import { build, type Served } from '../support/serve.js';

const byCookie = defineGuard({
  name: 'by-cookie',
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: '__Host-sid' } },
  run(context) {
    const session = context.cookie('__Host-sid');
    if (session === undefined) throw noCredential();
    context.byCookie(session);
  },
});
const Transfer = { type: 'object', properties: { amount: { type: 'integer' } } } as const;
const json = { 'content-type': 'application/json' };

/** The line of the log about one request, and its answer. */
async function lineOf(
  served: Served,
  request: Parameters<typeof inject>[1],
): Promise<{ status: number; line: Record<string, unknown> | undefined }> {
  await using server = await build(served);
  const answer = await inject(server.app, request);
  const line = server.logs.find((each) => each['requestId'] === answer.headers['x-request-id']);
  return { status: answer.status, line };
}

test('a request that another site has made is in the log with its code and where it came from', async () => {
  const routes = [guarded(byCookie).post('/transfer', { returns: { 204: null } }, () => undefined)];
  const headers = { cookie: '__Host-sid=ada', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const { status, line } = await lineOf({ routes }, { method: 'POST', url: '/transfer', headers });
  expect(status).toBe(403);
  expect(line).toMatchObject({ status: 403, code: 'HTTP_CROSS_SITE', route: '/transfer' });
});

test('an input that breaks its schema is in the log with its code, and without the input', async () => {
  const routes = [post('/transfer', { open: true, body: Transfer, returns: Transfer }, ({ body }) => body)];
  const { status, line } = await lineOf({ routes }, { method: 'POST', url: '/transfer', headers: json, body: '{"amount":"4711x"}' });
  expect(status).toBe(422);
  expect(line).toMatchObject({ status: 422, route: '/transfer' });
  expect(line!['code']).toMatch(/^HTTP_/);
  expect(JSON.stringify(line)).not.toContain('4711x');
});

test('a request beyond its limit is in the log with its code', async () => {
  await using server = await build({
    routes: [get('/', { open: true, rateLimit: { limit: 1 } }, () => 'x')],
    env: { HTTP_RATE_LIMITS: '' },
  });
  const answers = [await inject(server.app, { url: '/' }), await inject(server.app, { url: '/' })];
  expect(answers.map(({ status }) => status)).toEqual([200, 429]);
  const line = server.logs.find((each) => each['requestId'] === answers[1]!.headers['x-request-id']);
  expect(line).toMatchObject({ status: 429, code: 'HTTP_RATE_LIMITED' });
});

test('a line of the log holds the pattern of the path and nothing of the query, where tokens may stand', async () => {
  const routes = [get('/reset/:token', { open: true, query: { type: 'object', properties: { code: { type: 'string' } } } }, () => 'x')];
  const { status, line } = await lineOf({ routes }, { url: '/reset/s3cr3t?code=s3cr3t' });
  expect(status).toBe(200);
  expect(line).toMatchObject({ route: '/reset/:token' });
  expect(JSON.stringify(line)).not.toContain('s3cr3t');
});
