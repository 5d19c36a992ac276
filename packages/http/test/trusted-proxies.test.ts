import fc from 'fast-check';
import proxyAddr from '@fastify/proxy-addr';
import { get as request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientKey, get, inject, type TrustOption } from '@plinth/http';
import { build, serve } from './support/serve.js';

const echo = get('/', { open: true }, (context) =>
  JSON.stringify({
    ip: context.ip,
    protocol: context.protocol,
    host: context.host,
    shown: [context.header('X-Forwarded-For'), (context.request.headers as Record<string, unknown>)['x-forwarded-proto']],
  }),
);

const served = (trust: TrustOption | undefined, env: Record<string, string> = {}) =>
  build({ routes: [echo], http: { ...(trust !== undefined && { trust }) }, env: { APP_HOSTS: 'api.example.com', ...env } });

async function ask(trust: TrustOption | undefined, headers: Record<string, string | readonly string[]>, env?: Record<string, string>) {
  await using server = await served(trust, env);
  const response = await inject(server.app, { url: '/', headers: { host: 'api.example.com', ...headers } });
  return response.status === 200 ? (JSON.parse(response.text()) as Record<string, unknown>) : (response.json() as Record<string, unknown>);
}

const forged = { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };

describe('forwarded headers', () => {
  test('are neither read nor shown where no proxy is trusted [IO-07]', async () => {
    const seen = await ask(undefined, { ...forged, forwarded: 'for=6.6.6.6' });
    expect(seen).toEqual({ ip: '127.0.0.1', protocol: 'http', host: 'api.example.com', shown: [null, null] });
  });

  test('of a peer outside the trusted networks are not read, proto and host included (Fastify CVE-2026-3635) [IO-07]', async () => {
    const seen = await ask(['10.0.0.0/8'], forged);
    expect(seen).toEqual({ ip: '127.0.0.1', protocol: 'http', host: 'api.example.com', shown: [null, null] });
  });

  test('of one trusted hop give address, protocol and host; what the client wrote before is not believed (better-auth CVE-2026-45364) [IO-07]', async () => {
    const headers = {
      'x-forwarded-for': '6.6.6.6, 203.0.113.7',
      'x-forwarded-proto': 'http, https',
      'x-forwarded-host': 'evil.example, api.example.com',
    };
    const seen = await ask(1, headers);
    expect(seen).toMatchObject({ ip: '203.0.113.7', protocol: 'https', host: 'api.example.com' });
    expect(await ask(2, headers)).toMatchObject({ ip: '6.6.6.6' });
  });

  test('are walked from the right as far as the networks are trusted [IO-07]', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 203.0.113.7, 10.1.2.3, ::ffff:10.9.9.9' };
    expect(await ask(['loopback', '10.0.0.0/8'], headers)).toMatchObject({ ip: '203.0.113.7' });
    expect(await ask('loopback', headers)).toMatchObject({ ip: '10.9.9.9' });
    expect(await ask((address) => address === '127.0.0.1' || address.startsWith('10.'), headers)).toMatchObject({ ip: '203.0.113.7' });
    // Repeated lines are one list.
    expect(await ask(1, { 'x-forwarded-for': ['6.6.6.6', '203.0.113.9'] })).toMatchObject({ ip: '203.0.113.9' });
  });

  test.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
  ])('give %s one spelling (IPv6 forms of the Hono advisories) [IO-07]', async (written, ip) => {
    expect(await ask(1, { 'x-forwarded-for': written })).toMatchObject({ ip });
  });

  test.each(['unknown', '', ' , ', '010.0.0.1', '1.2.3', '1.2.3.4:', '[::1', 'x'.repeat(9000), '127.0.0.1.evil', '2001:db8::1::'])(
    'with an entry that is no address (%j) end the walk at who reported it [IO-07]',
    async (entry) => {
      expect(await ask(2, { 'x-forwarded-for': `6.6.6.6, ${entry}` })).toMatchObject({ ip: '127.0.0.1' });
    },
  );

  test('of twelve thousand characters take no time (Koa CVE-2025-25200) [IO-07]', async () => {
    const started = performance.now();
    await ask(['loopback', 'uniquelocal'], { 'x-forwarded-for': '10.0.0.1,'.repeat(1300), 'x-forwarded-host': ' '.repeat(100) });
    await ask({ proxies: 1, header: 'forwarded' }, { forwarded: `for="${'\\'.repeat(12_000)}` });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('cannot bring in a host that is not served [IO-07]', async () => {
    expect(await ask(1, { 'x-forwarded-host': 'evil.example' })).toMatchObject({ status: 421, code: 'HTTP_HOST_NOT_SERVED' });
    expect(await ask(1, { 'x-forwarded-host': 'api.example.com/../x' })).toMatchObject({ status: 400, code: 'HTTP_HOST' });
    expect(await ask(1, { 'x-forwarded-proto': 'javascript' })).toMatchObject({ protocol: 'http' });
  });
});

describe('the Forwarded header', () => {
  const trust = { proxies: 1, header: 'forwarded' } as const;

  test('is read instead, and only, where it is named (RFC 7239) [IO-07]', async () => {
    const headers = { ...forged, forwarded: 'for=6.6.6.6;proto=http, For="[2001:db8::7]:4711";Proto=https;host="api.example.com"' };
    expect(await ask(trust, headers)).toEqual({ ip: '2001:db8::7', protocol: 'https', host: 'api.example.com', shown: [null, null] });
    expect(await ask(1, { forwarded: 'for=6.6.6.6' })).toMatchObject({ ip: '127.0.0.1' });
  });

  test('tells of the outermost trusted hop what came to it [IO-07]', async () => {
    const forwarded = 'for=198.51.100.1;proto=https, for=10.0.0.2;proto=http';
    expect(await ask({ proxies: ['loopback', '10.0.0.0/8'], header: 'forwarded' }, { forwarded })).toMatchObject({
      ip: '198.51.100.1',
      protocol: 'https',
    });
  });

  test.each(['for="6.6.6.6, for=203.0.113.7', 'for=_hidden', 'for=unknown', 'for', 'for=1.1.1.1;for=2.2.2.2', ';;', 'for=1.1.1.1 x'])(
    'that is malformed or hides the address (%s) is not believed [IO-07]',
    async (forwarded) => {
      expect(await ask(trust, { forwarded })).toMatchObject({ ip: '127.0.0.1' });
    },
  );
});

describe('the trusted proxies', () => {
  test('come from the environment first; "off" trusts nobody [IO-07]', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect(await ask(undefined, headers, { APP_TRUST_PROXY: '1' })).toMatchObject({ ip: '203.0.113.7' });
    expect(await ask('10.0.0.0/8', headers, { APP_TRUST_PROXY: 'loopback, 10.0.0.0/8' })).toMatchObject({ ip: '203.0.113.7' });
    expect(await ask(1, headers, { APP_TRUST_PROXY: 'off' })).toMatchObject({ ip: '127.0.0.1' });
  });

  test.each([true, '10.0.0.0/33', '10.0.0.0/x', '0.0.0.0/0', '::/0', 'proxy.example.com', -1, 1.5, '10.0.0', ['10.0.0.0/8', 'nobody']])(
    'cannot be %j: HTTP_TRUST [IO-07]',
    async (trust) => {
      const error = await served(trust as TrustOption).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ problems: [expect.objectContaining({ code: 'HTTP_TRUST' })] });
    },
  );

  test('agree with proxy-addr wherever both understand the addresses [IO-07]', async () => {
    const address = fc.oneof(fc.constantFrom('10.0.0.1', '10.2.3.4', '192.168.1.1', '127.0.0.1', '::1', 'fd00::1'), fc.ipV4());
    const trusted = fc.subarray(['loopback', 'uniquelocal', '10.0.0.0/8', '192.168.1.1'], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(address, { minLength: 1, maxLength: 8 }), trusted, async (addresses, networks) => {
        const line = addresses.join(', ');
        const theirs = proxyAddr({ socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': line } } as never, networks);
        expect(await ask(networks, { 'x-forwarded-for': line })).toMatchObject({ ip: theirs });
      }),
      { numRuns: 40 },
    );
  });

  test('never make the reader throw, whatever is forwarded [IO-07]', async () => {
    await using server = await served({ proxies: 3, header: 'forwarded' });
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\x20-\x7e]{0,80}$/), async (forwarded) => {
        const response = await inject(server.app, { url: '/', headers: { host: 'api.example.com', forwarded } });
        expect([200, 400, 421]).toContain(response.status);
      }),
      { numRuns: 100 },
    );
  });

  test('work over real connections, and over a dual-stack socket [IO-07]', async () => {
    await using server = await serve({ routes: [echo], http: { trust: 'loopback' }, env: { HOST: '::' } });
    const text = await new Promise<string>((resolve, reject) => {
      request({ host: '127.0.0.1', port: server.port, headers: { 'x-forwarded-for': '203.0.113.7' } }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk))).on('end', () => resolve(body));
      }).on('error', reject);
    });
    expect(JSON.parse(text)).toMatchObject({ ip: '203.0.113.7' });
    connect(server.port, '127.0.0.1').destroy();
  });
});

test('a client is its IPv4 address, or the /64 of its IPv6 address (better-auth CVE-2026-45364) [IO-07]', () => {
  expect(clientKey('203.0.113.7')).toBe('203.0.113.7');
  for (const mapped of ['::ffff:203.0.113.7', '::FFFF:203.0.113.7', '::ffff:cb00:7107', '0:0:0:0:0:ffff:203.0.113.7'])
    expect(clientKey(mapped)).toBe('203.0.113.7');
  for (const same of ['2001:db8:1:2::1', '2001:DB8:1:2:ffff:ffff:ffff:ffff', '2001:0db8:0001:0002::', '2001:db8:1:2::1%eth0'])
    expect(clientKey(same)).toBe('2001:db8:1:2::/64');
  expect(clientKey('2001:db8::1')).toBe('2001:db8:0:0::/64');
  expect(clientKey('1::')).toBe('1:0:0:0::/64');
  expect(clientKey('::1')).toBe('0:0:0:0::/64');
  expect(clientKey('64:ff9b::192.0.2.33')).toBe('64:ff9b:0:0::/64');
});
