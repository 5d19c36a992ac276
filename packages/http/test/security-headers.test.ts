import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import helmet from 'helmet';
import { describe, expect, test } from 'vitest';
import { clearSiteData, get, html, inject, media, post, reply, type SecurityHeaderOptions } from '@plinth/http';
import { build, type Served } from './support/serve.js';

const https = { APP_URL: 'https://shop.example' };
const page = () => html`<!doctype html><title>Shop</title>`;

async function headersOf(served: Served, url = '/'): Promise<Record<string, string | undefined>> {
  await using server = await build(served);
  const response = await inject(server.app, { url });
  expect(response.status).toBe(200);
  return response.headers as Record<string, string | undefined>;
}

const document = (securityHeaders?: SecurityHeaderOptions | false, env = {}): Promise<Record<string, string | undefined>> =>
  headersOf({
    routes: [get('/', { open: true, returns: { 200: html() } }, page)],
    env,
    ...(securityHeaders !== undefined && { http: { securityHeaders } }),
  });

const directives = (policy: string | undefined): Record<string, string> =>
  Object.fromEntries((policy ?? '').split(/;\s*/).map((line) => [line.split(' ')[0] as string, line.split(' ').slice(1).join(' ')]));

describe('of a document', () => {
  test('are those of helmet or stricter, or there is a reason [AU-18]', async () => {
    const theirs = await helmetHeaders();
    const ours = await document(undefined, https);
    const reasons: Record<string, string> = {
      'x-download-options': 'known to Internet Explorer only',
      'x-xss-protection': 'switches off a filter that no browser has any more',
    };
    const stricter: Record<string, (value: string) => boolean> = {
      'x-frame-options': (value) => value === 'DENY',
      'strict-transport-security': (value) => Number(/max-age=(\d+)/.exec(value)?.[1]) >= 31_536_000 && value.includes('includeSubDomains'),
      'content-security-policy': (value) => isStricter(directives(value), directives(theirs['content-security-policy'])),
    };
    expect(Object.keys(theirs).length).toBeGreaterThan(10);
    for (const [name, value] of Object.entries(theirs)) {
      if (name in reasons) continue;
      expect(ours[name], name).toBeDefined();
      expect(ours[name] === value || stricter[name]?.(ours[name] as string), `${name}: ${ours[name]} is weaker than ${value}`).toBe(true);
    }
  });

  test('hold the whole block, and nothing of the server [AU-18]', async () => {
    const headers = await document();
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'origin-agent-cluster': '?1',
      'x-frame-options': 'DENY',
      'x-dns-prefetch-control': 'off',
      'x-permitted-cross-domain-policies': 'none',
      'content-security-policy':
        "default-src 'self'; script-src 'self'; script-src-attr 'none'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    });
    expect(headers['permissions-policy']).toContain('camera=(), ');
    for (const name of ['strict-transport-security', 'server', 'x-powered-by']) expect(headers[name]).toBeUndefined();
  });

  test('hold the nonce once it was read, another one in each answer, and such an answer is not stored [AU-18]', async () => {
    const routes = [
      get(
        '/',
        { open: true, returns: html() },
        (context) =>
          html`<script nonce="${context.nonce}">
              1;
            </script>
            ${context.nonce === context.nonce ? '' : 'no'}`,
      ),
    ];
    await using server = await build({ routes });
    const nonces = new Set<string>();
    for (let index = 0; index < 20; index++) {
      const response = await inject(server.app, { url: '/' });
      const nonce = /nonce="([^"]+)"/.exec(response.text())?.[1] as string;
      expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
      const policy = directives(String(response.headers['content-security-policy']));
      expect(policy['script-src']).toBe(`'nonce-${nonce}' 'strict-dynamic'`);
      expect(policy['style-src']).toBe(`'self' 'nonce-${nonce}'`);
      expect(response.headers['cache-control']).toBe('no-store');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(20);
  });

  test('are those of its 304 as well, which browsers put in the place of what they kept [AU-18]', async () => {
    const routes = [
      get('/', { open: true, returns: { 200: html(), 304: null } }, () => reply(304, undefined)),
      get('/json', { open: true, returns: { 200: {}, 304: null } }, () => reply(304, undefined)),
    ];
    await using server = await build({ routes });
    const policies = await Promise.all(
      ['/', '/json'].map(async (url) => (await inject(server.app, { url })).headers['content-security-policy']),
    );
    expect(policies.map((policy) => directives(String(policy))['default-src'])).toEqual(["'self'", "'none'"]);
  });

  test('are also sent where a fetch Response or a text carries it; the policy of the reply itself wins', async () => {
    const own = "default-src 'none'";
    const routes = [
      get('/', { open: true, returns: { 200: media('text/html') } }, () => '<p>'),
      get('/own', { open: true, returns: html() }, (context) => {
        context.setHeader('Content-Security-Policy', own);
        return html`<i title="${context.nonce}"></i>`;
      }),
    ];
    expect((await headersOf({ routes }))['x-frame-options']).toBe('DENY');
    expect((await headersOf({ routes }, '/own'))['content-security-policy']).toBe(own);
  });

  test('are not those of other answers, errors included: nothing in them may run at all [AU-18]', async () => {
    const routes = [
      get('/', { open: true, returns: { 200: html() } }, () => {
        throw new Error('no');
      }),
      get('/json', { open: true, returns: {} }, () => ({ a: 1 })),
    ];
    await using server = await build({ routes });
    for (const url of ['/', '/json', '/missing']) {
      const { headers } = await inject(server.app, { url });
      expect(headers['content-security-policy'], url).toBe(
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(headers['x-frame-options']).toBeUndefined();
    }
  });
});

describe('options', () => {
  test('change the policy directive by directive, for all and for one route', async () => {
    const http = {
      securityHeaders: {
        contentSecurityPolicy: { scriptSrc: ['self', 'https://cdn.example.com'], imgSrc: false as const },
        frameOptions: 'SAMEORIGIN' as const,
      },
    };
    const contract = { open: true, returns: html() } as const;
    const routes = [
      get('/', contract, page),
      get(
        '/own',
        {
          ...contract,
          securityHeaders: {
            contentSecurityPolicy: { frameAncestors: ["'self'"] },
            openerPolicy: false,
            permissionsPolicy: { geolocation: ['self'], camera: ['https://a.example'] },
          },
        },
        page,
      ),
      get('/none', { ...contract, securityHeaders: false }, page),
    ];
    const all = await headersOf({ routes, http });
    expect(directives(all['content-security-policy'])).toMatchObject({
      'script-src': "'self' https://cdn.example.com",
      'object-src': "'none'",
    });
    expect(all['content-security-policy']).not.toContain('img-src');
    const own = await headersOf({ routes, http }, '/own');
    expect(directives(own['content-security-policy'])).toMatchObject({ 'frame-ancestors': "'self'", 'img-src': "'self' data:" });
    expect([own['x-frame-options'], own['cross-origin-opener-policy']]).toEqual(['SAMEORIGIN', undefined]);
    expect(own['permissions-policy']).toMatch(/camera=\("https:\/\/a\.example"\).*geolocation=\(self\)/);
    expect(Object.keys(await headersOf({ routes, http }, '/none')).filter((name) => /policy|frame|nosniff|x-content/.test(name))).toEqual(
      [],
    );
  });

  test('report: another policy to try, and where to report to', async () => {
    const headers = await document(
      {
        contentSecurityPolicy: { reportTo: 'csp' },
        contentSecurityPolicyReportOnly: { requireTrustedTypesFor: ['script'], reportTo: 'csp' },
        reportingEndpoints: { csp: 'https://reports.example/csp' },
      },
      https,
    );
    expect(headers['reporting-endpoints']).toBe('csp="https://reports.example/csp"');
    expect(headers['content-security-policy']).toMatch(/report-to csp; upgrade-insecure-requests$/);
    expect(headers['content-security-policy-report-only']).toContain("require-trusted-types-for 'script'");
  });

  test('by the name of a header hold for every answer', async () => {
    const http = {
      securityHeaders: {
        'X-Frame-Options': 'SAMEORIGIN',
        'Referrer-Policy': false as const,
        'Content-Security-Policy': "default-src 'self'",
      },
    };
    const headers = await headersOf({ http, routes: [get('/', { open: true }, () => 'x')] });
    expect([headers['x-frame-options'], headers['referrer-policy'], headers['content-security-policy']]).toEqual([
      'SAMEORIGIN',
      undefined,
      "default-src 'self'",
    ]);
    expect((await document(http.securityHeaders))['content-security-policy']).toBe("default-src 'self'");
  });

  test('that cannot be sent, or mean less than they seem to, stop the boot (HTTP_SECURITY_HEADERS)', async () => {
    const wrong: SecurityHeaderOptions[] = [
      { contentSecurityPolicy: { scriptSrc: ["'self'; report-uri https://evil.example"] } },
      { contentSecurityPolicy: { scriptSrc: ['none', 'self'] } },
      { contentSecurityPolicy: { scriptSrc: [] } },
      { contentSecurityPolicy: { scriptSrc: ['nonce-abc'] } },
      { contentSecurityPolicy: { scriptSrc: ["'sefl'"] } },
      { contentSecurityPolicy: { scriptSrc: 7 as never } },
      { permissionsPolicy: { camera: ['https://a.example/path'] } },
      { permissionsPolicy: { 'camera, *': [] } },
      { reportingEndpoints: { csp: 'http://plain.example' } },
      { reportingEndpoints: { 'a b': 'https://a.example' } },
    ];
    for (const securityHeaders of wrong) {
      const building = build({ routes: [get('/', { open: true, returns: html(), securityHeaders }, page)] });
      await expect(building, JSON.stringify(securityHeaders)).rejects.toThrow(/HTTP_SECURITY_HEADERS/);
    }
    const transport: SecurityHeaderOptions = { strictTransport: { maxAge: 60, preload: true } };
    await expect(build({ env: https, routes: [get('/', { open: true, securityHeaders: transport }, () => 'x')] })).rejects.toThrow(
      /preload/,
    );
  });
});

test('a sign-out can ask the browser to forget what it stored', async () => {
  const routes = [
    post('/out', { open: true }, (context) => clearSiteData(context)),
    post('/cache', { open: true }, (context) => clearSiteData(context, ['cache', 'executionContexts'])),
  ];
  await using server = await build({ routes });
  expect((await inject(server.app, { method: 'POST', url: '/out' })).headers['clear-site-data']).toBe('"cache", "cookies", "storage"');
  expect((await inject(server.app, { method: 'POST', url: '/cache' })).headers['clear-site-data']).toBe('"cache", "executionContexts"');
});

/** The default headers of helmet, as they come over the wire. */
async function helmetHeaders(): Promise<Record<string, string>> {
  const secure = helmet();
  const server = createServer((request, response) => secure(request, response, () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return Object.fromEntries(
      [...response.headers].filter(([name]) => !['connection', 'date', 'keep-alive', 'content-length', 'transfer-encoding'].includes(name)),
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Whether each directive of a policy, or the one that stands in for it, allows no source that the other doesn't. */
function isStricter(ours: Record<string, string>, theirs: Record<string, string>): boolean {
  return Object.entries(theirs).every(([name, value]) => {
    const own = ours[name] ?? (name.endsWith('-src') ? ours['default-src'] : undefined);
    if (own === undefined) return false;
    return own === "'none'" || own.split(' ').every((source) => value.split(' ').includes(source));
  });
}
