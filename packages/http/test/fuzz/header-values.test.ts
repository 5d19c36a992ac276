import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '@plinth/core';
import { file, get, inject, media, negotiate, post } from '@plinth/http';
import { idempotent, IdempotencyModule } from '@plinth/http/idempotency';
import { build } from '../support/serve.js';

const RUNS = process.env['PLINTH_SOAK'] === '1' ? 20_000 : 400;
const SIZE = 1000;
const bytes = Buffer.from(Array.from({ length: SIZE }, (_, index) => index % 251));

// Pieces of which the headers are made that a parser of ours reads, and what does not belong there.
const piece = fc.constantFrom(
  'bytes=', '0-', '-5', '1-2', '999-', '1000-', '5-1', ',', ' ', '\t', '"', 'W/"a"', '"a"', '*', 'W/', 'Mon, 01 Jan 2035 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'GMT', '99999999999999999999', '-', '=', ';', 'q=', 'q=0', 'q=0.5', 'q=1.000', 'q=-1', 'Q=0.1',
  'text/html', 'application/json', '*/*', 'text/*', '/', 'identity', 'gzip', 'br', 'x-gzip', 'for=', 'for="[::1]:1"', '127.0.0.1', '10.0.0.1', '::ffff:1.2.3.4', 'proto=https', 'host=a', '\\', '\\"', 'a', 'A', '%', '%00', '%41', '__proto__', 'constructor', '\xe9', '\xff', '00-', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7', '-01', 'a=b', 'sid=', '__Host-',
); // prettier-ignore
const value = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('').trim());
const NAMES = [
  'accept', 'accept-encoding', 'accept-language', 'authorization', 'content-encoding', 'content-type', 'cookie', 'forwarded', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'idempotency-key', 'origin', 'range', 'referer', 'sec-fetch-site', 'traceparent', 'tracestate', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-request-id', 'access-control-request-method',
] as const; // prettier-ignore

describe('the values of headers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-fuzz-'));
  let app: App;
  beforeAll(async () => {
    writeFileSync(join(folder, 'file.bin'), bytes);
    ({ app } = await build({
      imports: [IdempotencyModule.with({})],
      routes: [
        get('/file', { open: true, returns: media('*/*') }, () => file(join(folder, 'file.bin'))),
        get('/type', { open: true }, (context) => negotiate(context, ['application/json', 'text/html'])),
        get('/told', { open: true }, (context) => `${context.ip} ${context.protocol} ${context.cookie('sid') ?? ''}`),
        post('/once', { open: true, around: [idempotent()] }, () => 'once'),
      ],
      http: { trust: 1, compress: true, etag: true, overload: false, cors: { origins: ['https://a.example'], credentials: true } },
    }));
  });
  afterAll(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  test('are read or refused, and never make an error of ours', { timeout: 600_000 }, async () => {
    const headers = fc.dictionary(fc.constantFrom(...NAMES), value, { minKeys: 1, maxKeys: 6 });
    const target = fc.constantFrom<[string, string]>(
      ['GET', '/file'],
      ['HEAD', '/file'],
      ['GET', '/type'],
      ['GET', '/told'],
      ['POST', '/once'],
      ['OPTIONS', '/once'],
      ['GET', '/nothing'],
    );
    await fc.assert(
      fc.asyncProperty(target, headers, async ([method, url], given) => {
        const response = await inject(app, { method, url, headers: given });
        expect([200, 204, 206, 304, 400, 403, 404, 406, 412, 415, 416, 422, 431], JSON.stringify(given)).toContain(response.status);
        if (response.status >= 400 && method !== 'HEAD') expect(response.text()).not.toContain('"stack"');
        for (const name of ['x-content-type-options', 'referrer-policy']) expect(response.headers[name]).toBeDefined();
        expect(response.headers['set-cookie']).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test('a Range gives exactly the bytes that its answer says', { timeout: 600_000 }, async () => {
    const edge = fc.oneof(fc.integer({ min: 0, max: SIZE + 5 }).map(String), fc.constant(''));
    const ranges = fc.array(
      fc.tuple(edge, edge).map(([from, to]) => `${from}-${to}`),
      { minLength: 1, maxLength: 7 },
    );
    await fc.assert(
      fc.asyncProperty(ranges, async (specs) => {
        const response = await inject(app, { url: '/file', headers: { range: `bytes=${specs.join(',')}` } });
        const whole = /^bytes (\d+)-(\d+)\/1000$/.exec(response.headers['content-range'] ?? '');
        if (response.status === 200) expect(response.body.equals(bytes)).toBe(true);
        else if (response.status === 416) expect(response.headers['content-range']).toBe(`bytes */${SIZE}`);
        else if (whole !== null) expect(response.body.equals(bytes.subarray(Number(whole[1]), Number(whole[2]) + 1))).toBe(true);
        if (response.status !== 206 || whole !== null) return;
        const boundary = /boundary=(\S+)/.exec(response.headers['content-type'] ?? '')?.[1] ?? '';
        const parts = response.body.toString('latin1').split(`--${boundary}`).slice(1, -1);
        expect(parts.length).toBeGreaterThan(1);
        for (const part of parts) {
          const [head = '', body = ''] = part.split(/\r\n\r\n([^]*)\r\n$/);
          const [, from, to] = /content-range: bytes (\d+)-(\d+)\/1000/i.exec(head) ?? [];
          expect(body).toBe(bytes.subarray(Number(from), Number(to) + 1).toString('latin1'));
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('an Accept that names what is offered gets it, by its weights', { timeout: 600_000 }, async () => {
    const weight = fc.integer({ min: 0, max: 1000 });
    await fc.assert(
      fc.asyncProperty(weight, weight, async (json, html) => {
        const accept = `application/json;q=${(json / 1000).toFixed(3)}, text/html ; q=${(html / 1000).toFixed(3)}`;
        const response = await inject(app, { url: '/type', headers: { accept } });
        expect([response.status, response.status === 200 ? response.text() : '']).toEqual(
          json === 0 && html === 0 ? [406, ''] : [200, html > json ? 'text/html' : 'application/json'],
        );
      }),
      { numRuns: RUNS / 4 },
    );
  });
});
