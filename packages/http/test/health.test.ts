import { HEALTH_CHECK, provideValue } from '@plinth/core';
import { describe, expect, test } from 'vitest';
import { defineGuard, get, inject, noCredential } from '@plinth/http';
import { build, sendRaw, serve } from './support/serve.js';

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
const operators = defineGuard({
  name: 'operators',
  run(context) {
    if (context.header('authorization') !== 'Bearer operator') throw noCredential('Operators only.');
  },
});

describe('health', () => {
  test('has probes for life, readiness and the start, without details [OB-01]', async () => {
    await using server = await serve({ providers: [broken] });
    const answers = await Promise.all(
      ['live', 'ready', 'startup', 'details'].map((name) => inject(server.app, { url: `/health/${name}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 200, 404]);
    for (const answer of answers) expect(answer.text()).not.toContain('db-7');
  });

  test('tells operators which check is down, why, and how long it took [OB-01]', async () => {
    await using server = await serve({ providers: [broken], http: { health: { path: '/probes', details: [operators] } } });
    const stranger = await inject(server.app, { url: '/probes/details' });
    expect([stranger.status, stranger.text().includes('db-7')]).toEqual([401, false]);
    const operator = await inject(server.app, { url: '/probes/details', headers: { authorization: 'Bearer operator' } });
    expect([operator.status, operator.json()]).toEqual([
      503,
      {
        status: 'down',
        reasons: [],
        checks: [
          { name: 'database', status: 'down', duration: expect.any(Number) as number, reason: expect.stringContaining('gone') as string },
        ],
      },
    ]);
  });

  test('answers probes under the address of a pod, and nothing else under it [OB-01]', async () => {
    const env = { NODE_ENV: 'production', APP_HOSTS: 'api.example.com', HOST: '127.0.0.1' };
    await using server = await serve({ routes: [get('/', { open: true }, () => 'x')], env });
    const ask = async (path: string, host: string) =>
      (await sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 100)).statuses;
    for (const probe of ['live', 'ready', 'startup']) expect(await ask(`/health/${probe}`, '10.244.3.7:3000')).toEqual([200]);
    for (const path of ['/', '/health/livex', '/health/live/../..', '/nowhere', 'http://10.244.3.7:3000/health/live'])
      expect(await ask(path, '10.244.3.7:3000')).toEqual([421]);
    expect(await ask('/health/live', 'bad host')).toEqual([400]);
  });

  test('is not there where it is switched off [OB-01]', async () => {
    await using server = await build({ http: { health: false } });
    expect((await inject(server.app, { url: '/health/live' })).status).toBe(404);
  });
});
