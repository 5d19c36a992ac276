import { describe, expect, test } from 'vitest';
import { get, inject, post, type InjectRequest } from '@plinth/http';
import { build } from '../support/serve.js';
import { production, codeOf } from './shared.js';

describe('patterns and schemas take no more time than their input is long', () => {
  test('find-my-way CVE-2024-45813, path-to-regexp CVE-2024-45296, CVE-2024-52798, CVE-2026-4867: several parameters in a segment', async () => {
    await using server = await build({
      routes: [
        get('/two/:a.:b', { open: true }, ({ params }) => `${params.a}|${params.b}`),
        get('/deep/:a.:b/:c.:d/:e.:f/end', { open: true }, () => 'deep'),
        get('/rest/*rest', { open: true }, () => 'rest'),
      ],
      http: { limits: { url: 15_000, param: 15_000 } },
    });
    const urls = ['.', 'a.', '..a', 'a'].flatMap((text) => {
      const long = text.repeat(3900 / text.length);
      return [`/two/${long}`, `/deep/${long}/${long}/${long}/no`, `/deep/${long}`, `/rest/${long}/${long}`];
    });
    const began = performance.now();
    for (const url of urls) expect([200, 400, 404]).toContain((await inject(server.app, { url })).status);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('ajv CVE-2025-69873: a pattern out of the data is not a pattern', async () => {
    const body = { type: 'object', properties: { p: { type: 'string' }, v: { type: 'string', pattern: { $data: '1/p' } } } } as never;
    await expect(build({ routes: [post('/', { open: true, body } as never, (() => 'ok') as never)], env: production })).rejects.toThrow(
      /HTTP_SCHEMA/,
    );
  });

  test('ajv CVE-2020-15366: a schema cannot reach a prototype', async () => {
    const body = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"object","properties":{"polluted":{"default":true}}}}}',
    ) as never;
    try {
      await using server = await build({ routes: [post('/', { open: true, body } as never, (() => 'ok') as never)] });
      await inject(server.app, { method: 'POST', url: '/', body: { a: 1 } });
    } catch (error) {
      expect(String(error)).toContain('HTTP_SCHEMA');
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('Koa CVE-2025-25200 and others of its kind: long headers of every sort', async () => {
    await using server = await build({
      routes: [get('/', { open: true, returns: { type: 'object', properties: {} } }, (context) => (context.cookie('a'), {}))],
      http: { trust: 1, compress: true, etag: true, negotiate: true, limits: { headerBytes: 64 * 1024 } },
    });
    const names = [
      'accept',
      'accept-encoding',
      'accept-language',
      'cookie',
      'forwarded',
      'if-match',
      'if-modified-since',
      'if-none-match',
      'origin',
      'range',
      'referer',
      'traceparent',
      'tracestate',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'idempotency-key',
      'authorization',
      'content-type',
    ];
    const began = performance.now();
    for (const name of names)
      for (const text of [' ', ',', ';', '"', '\\"', '=', 'a,', 'q=0.', '-', '1-2,', '*/*;q=0 ', '"\\', 'W/"', '\t ']) {
        const response = await inject(server.app, { url: '/', headers: { [name]: `a${text.repeat(30_000 / text.length)}b` } });
        expect(response.status, `${name}: ${text}`).toBeLessThan(500);
      }
    expect(performance.now() - began).toBeLessThan(10_000);
  }, 30_000);

  test('Node CVE-2026-21717 and CVE-2025-27209: keys that collide, integers among them', async () => {
    await using server = await build({
      routes: [
        post(
          '/',
          { open: true, body: { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 200_000 } as const },
          () => 'ok',
        ),
      ],
    });
    const began = performance.now();
    for (const key of [
      (index: number) => String(index * 4096),
      (index: number) => String(4294967295 - index * 65536),
      (index: number) => `a${index}`,
    ]) {
      const body = `{${Array.from({ length: 60_000 }, (_, index) => `"${key(index)}":1`).join(',')}}`;
      const request: InjectRequest = { method: 'POST', url: '/', body, headers: { 'content-type': 'application/json' } };
      expect([200, 422]).toContain((await inject(server.app, request)).status);
    }
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('qs CVE-2022-24999 and CVE-2025-15284: names of a query nest nothing, and lists have an end', async () => {
    await using server = await build({
      routes: [get('/', { open: true, unknown: 'keep', query: { type: 'object' } as const }, ({ query }) => JSON.stringify(query))],
    });
    const response = await inject(server.app, { url: '/?a[__proto__][x]=1&a[0]=2&a[99999999]=3&__proto__[y]=1&b.c=1' });
    expect(response.json()).toEqual({ 'a[__proto__][x]': '1', 'a[0]': '2', 'a[99999999]': '3', '__proto__[y]': '1', 'b.c': '1' });
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
    expect(codeOf(await inject(server.app, { url: `/?${'a=1&'.repeat(1001)}` }))).toBe('HTTP_QUERY_LIMIT');
  });
});
