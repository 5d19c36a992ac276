import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBES } from './hostile/probes.js';
import { serveTarget, type Target } from './hostile/server.js';
import { exchange } from './hostile/wire.js';

describe('a hostile request', () => {
  let server: Target;
  beforeAll(async () => {
    server = await serveTarget();
  });
  afterAll(() => server.app.stop());

  test('has an id of its own', () => {
    expect(PROBES.map(({ id }) => id).filter((id, index, ids) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test.concurrent.each(PROBES.map((probe) => [probe.id, probe] as const))('%s [PL-03]', async (_id, probe) => {
    const statuses = [probe.status].flat();
    const head = probe.bytes.toString('latin1').startsWith('HEAD ');
    const found = await exchange(server.port, [probe.bytes], {
      answers: statuses.filter((status) => status >= 200).length,
      withoutBody: (index) => head && index === 0,
    });
    const { answers, interim, rest, fault, connection } = found;
    expect({ statuses: [...interim, ...answers.map(({ status }) => status)], connection, rest, fault }, found.text).toEqual({
      statuses,
      connection: probe.connection,
      rest: '',
      fault: undefined,
    });
    const last = answers.at(-1)!;
    if (probe.body !== undefined) expect(last.body).toBe(probe.body);
    if (probe.code !== undefined) {
      const problem = JSON.parse(last.body) as Record<string, unknown>;
      expect(problem).toMatchObject({ type: 'about:blank', status: last.status, code: probe.code });
      expect(problem).not.toHaveProperty('stack');
      expect(last.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(last.headers['cache-control']).toBe('no-store');
    }
    for (const { headers } of answers) {
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers).not.toHaveProperty('server');
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    // Where the answer had gone out, or was another request's, before the connection was found to be broken, it could not say so.
    if (connection === 'closed' && last.status >= 400) expect(last.headers['connection']).toBe('close');
  });

  test('no probe got past the guard, and the server answers as before', async () => {
    expect(server.reached).toBe(0);
    expect((await fetch(`${server.url}/ok`)).status).toBe(200);
    // What clients do wrong is no fault of ours: no line tells of one.
    expect(server.logs.filter((line) => 'err' in line)).toEqual([]);
  });
});
