import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineGuard, get, guarded, noCredential, post } from '@plinth/http';
import { PROBES } from './hostile/probes.js';
import { sendRaw, serve, type TestServer } from './support/serve.js';

const text = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } as const;
const search = { type: 'object', properties: { q: { type: 'string' } } } as const;
const locked = guarded(
  defineGuard({
    name: 'locked',
    run: () => {
      throw noCredential();
    },
  }),
);

describe('a hostile request', () => {
  let server: TestServer;
  let reached = 0;
  beforeAll(async () => {
    server = await serve({
      routes: [
        get('/ok', { open: true }, () => 'ok'),
        get('/items/:id', { open: true }, ({ params }) => params.id),
        get('/search', { open: true, query: search }, () => 'found'),
        locked.get('/admin', {}, () => {
          reached++;
          return 'admin';
        }),
        post('/echo', { open: true, body: text, returns: text, limits: { body: 1000 } }, ({ body }) => body),
      ],
    });
  });
  afterAll(() => server.app.stop());

  test.each(PROBES.map((probe) => [probe.id, probe] as const))('%s [PL-03]', async (_id, probe) => {
    const answer = await sendRaw(server.port, probe.bytes);
    expect(answer.statuses, answer.text).toEqual([probe.status]);
    expect(answer.closed ? 'closed' : 'kept', answer.text).toBe(probe.connection);
    if (probe.code !== undefined) {
      expect(answer.text).toContain(`"code":"${probe.code}"`);
      expect(answer.text).toMatch(/\r\ncontent-type: application\/problem\+json/i);
      expect(answer.text).toMatch(/\r\ncache-control: no-store\r\n/i);
      expect(answer.text).toMatch(/\r\nx-content-type-options: nosniff\r\n/i);
    }
    expect(answer.text).not.toMatch(/\r\n(server|x-powered-by):/i);
  });

  test('no probe got past the guard, and the server answers as before', async () => {
    expect(reached).toBe(0);
    expect((await fetch(`${server.url}/ok`)).status).toBe(200);
  });
});
