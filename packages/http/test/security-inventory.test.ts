import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSecurityInventory } from '@plinth/core';
import { get } from '@plinth/http';
import { expect, test } from 'vitest';
import { build } from './support/serve.js';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}.pem`, import.meta.url));
const routes = [get('/', { open: true }, () => 'here')];

test('a server that ends TLS is listed with its certificate, and without its key (ASVS 11.1.2)', async () => {
  await using app = await build({
    routes,
    http: { tls: { cert: fixture('first.cert'), key: fixture('first.key'), minVersion: 'TLSv1.3' } },
  });
  const entries = readSecurityInventory(app.app);
  expect(entries).toMatchObject([
    {
      section: 'keys',
      name: 'TLS certificate',
      facts: {
        subject: expect.stringContaining('first.localhost') as string,
        validUntil: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
        key: expect.stringMatching(/^(?:rsa \d{4}|ec \w+|ed25519)$/) as string,
        minVersion: 'TLSv1.3',
        sha256: expect.stringMatching(/^(?:[\dA-F]{2}:){31}[\dA-F]{2}$/) as string,
      },
    },
    { section: 'connections', name: 'http server', facts: { tls: true, proxies: false, listens: '127.0.0.1:0' } },
  ]);
  const key = readFileSync(fixture('first.key'), 'utf8').split('\n')[1]!;
  expect(JSON.stringify(entries)).not.toContain(key);
});

test.each([
  [{ APP_TRUST_PROXY: '1' }, undefined, true],
  [{}, 'loopback', true],
  [{ APP_TRUST_PROXY: 'off' }, 'loopback', false],
  [{}, false, false],
] as const)('with %j and trust %j proxies are believed: %j', async (env, trust, proxies) => {
  await using app = await build({ routes, env: { ...env }, http: trust === undefined ? {} : { trust } });
  expect(readSecurityInventory(app.app)).toMatchObject([{ name: 'http server', facts: { tls: false, proxies } }]);
});

test('a Unix socket is listed as what is listened on', async () => {
  await using app = await build({ routes, env: { SOCKET: '/run/shop/http.sock', APP_URL: 'https://shop.example/path' } });
  expect(readSecurityInventory(app.app)).toMatchObject([{ facts: { listens: '/run/shop/http.sock', url: 'https://shop.example' } }]);
});
