import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { get } from '@plinth/http';
import { serve } from './support/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-plain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}.pem`, import.meta.url));
const routes = [get('/', { open: true }, () => 'here')];

async function warningsOf(env: Record<string, string>): Promise<readonly string[]> {
  await using server = await serve({ routes, env: { NODE_ENV: 'production', APP_HOSTS: 'shop.example', ...env } });
  return server.logs.filter(({ msg }) => /plain http|TLS/.test(msg)).map(({ msg }) => msg);
}

test.each<Record<string, string>>([{ HOST: '0.0.0.0' }, { HOST: '::1,0.0.0.0' }, { HOST: '0.0.0.0', APP_URL: 'http://shop.example' }])(
  'production that serves plain http to others without a named proxy says so when it starts: %j (ASVS 12.2.1)',
  async (env) => {
    expect(await warningsOf(env)).toEqual([expect.stringMatching(/^plain http at http:\/\/.*TLS_CERT.*APP_TRUST_PROXY/)]);
  },
);

test.each([
  ['loopback only', { HOST: '127.0.0.1,::1' }],
  ['a Unix socket', { HOST: '0.0.0.0', SOCKET: join(folder, 'http.sock') }],
  ['a named proxy', { HOST: '0.0.0.0', APP_TRUST_PROXY: '1' }],
  ['TLS of its own', { HOST: '0.0.0.0', TLS_CERT: fixture('first.cert'), TLS_KEY: fixture('first.key') }],
  ['development', { HOST: '0.0.0.0', NODE_ENV: 'development' }],
])('with %s there is nothing to warn of', async (_, env) => {
  expect(await warningsOf(env)).toEqual([]);
});

test('an https APP_URL without TLS and without a named proxy is warned of wherever it listens', async () => {
  expect(await warningsOf({ HOST: '127.0.0.1', APP_URL: 'https://shop.example' })).toEqual([
    expect.stringMatching(/^APP_URL is https, but neither TLS nor a trusted proxy is declared/),
  ]);
});
