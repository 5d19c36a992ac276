import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { post, type ProblemDetails } from '@plinth/http';
import { file, files, multipart } from '@plinth/http/multipart';
import { sendRaw, serve, type TestServer } from './support/serve.js';

const KIB = 1024;
const any = { type: 'object', additionalProperties: true } as const;
let directory: string;
let server: TestServer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'plinth-test-hostile-'));
  const form = { f: file(), many: files(), title: { type: 'string' } } as const;
  const optional = { f: file({ optional: true }), g: files() } as const;
  server = await serve({
    http: { uploads: { directory } },
    routes: [
      post(
        '/',
        { open: true, body: multipart(form), returns: any },
        ({ body }) => JSON.parse(JSON.stringify(body)) as Record<string, unknown>,
      ),
      post('/loose', { open: true, body: multipart(optional), unknown: 'keep', returns: any }, ({ body }) => ({
        ...body,
        f: body.f?.size,
        g: body.g.length,
      })),
      post(
        '/small',
        { open: true, body: multipart({ f: file({ optional: true, maxBytes: 1000 }) }, { total: 20_000 }), unknown: 'keep' },
        () => 'x',
      ),
      post('/json', { open: true, body: any }, () => 'x'),
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Whatever was sent: nothing of it remains, and the process still answers. */
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 40));
  const left = await readdir(directory);
  if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  const answer = await send(form([text('title', 'ok'), upload('f', 'a.txt', 'x')]));
  if (answer.status !== 200) throw new Error(`The next form was answered with ${answer.status}.`);
});

const text = (name: string, value: string | Buffer, more = '') => part(`form-data; name="${name}"`, value, more);
const upload = (name: string, filename: string, value: string | Buffer, more = '') =>
  part(`form-data; name="${name}"; filename="${filename}"`, value, more);
const part = (disposition: string, value: string | Buffer, more = '') =>
  Buffer.concat([Buffer.from(`--b\r\nContent-Disposition: ${disposition}\r\n${more}\r\n`), Buffer.from(value), Buffer.from('\r\n')]);
const form = (parts: readonly Buffer[]) => Buffer.concat([...parts, Buffer.from('--b--\r\n')]);

interface Sent {
  readonly status: number;
  readonly problem: ProblemDetails;
  readonly closed: boolean;
}

async function send(
  body: Buffer | string,
  { url = '/', type = 'multipart/form-data; boundary=b', length }: { url?: string; type?: string; length?: number } = {},
): Promise<Sent> {
  const bytes = Buffer.from(body);
  const head = `POST ${url} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: ${length ?? bytes.length}\r\n\r\n`;
  const answer = await sendRaw(server.port, Buffer.concat([Buffer.from(head, 'latin1'), bytes]), 60);
  const json = answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4);
  return {
    status: answer.statuses[0] ?? 0,
    problem: (json.startsWith('{') ? JSON.parse(json.slice(0, json.lastIndexOf('}') + 1)) : {}) as ProblemDetails,
    closed: answer.closed,
  };
}

const whole = form([text('title', 'x'), upload('f', 'a.txt', 'x')]);

describe('a multipart form is refused [IO-05]', () => {
  test.each<[string, string, number, string]>([
    ['without a boundary', 'multipart/form-data', 400, 'HTTP_MULTIPART'],
    ['with an empty boundary', 'multipart/form-data; boundary=', 400, 'HTTP_MULTIPART'],
    ['with a boundary of 71 characters', `multipart/form-data; boundary=${'b'.repeat(71)}`, 400, 'HTTP_MULTIPART'],
    ['with a boundary that ends in a space', 'multipart/form-data; boundary="b "', 400, 'HTTP_MULTIPART'],
    ['with two boundaries', 'multipart/form-data; boundary=b; boundary=c', 400, 'HTTP_MULTIPART'],
    ['with a boundary and a charset', 'multipart/form-data; charset=utf-8; boundary=b', 400, 'HTTP_MULTIPART'],
    ['of another kind', 'multipart/mixed; boundary=b', 415, 'HTTP_MEDIA_TYPE'],
    ['as JSON', 'application/json', 415, 'HTTP_MEDIA_TYPE'],
  ])('%s', async (_what, type, status, code) => {
    const { status: answered, problem } = await send(whole, { type });
    expect([answered, problem.code]).toEqual([status, code]);
  });

  test.each<[string, Buffer | string]>([
    ['whose last boundary is missing', whole.subarray(0, -5)],
    ['that is cut within a part', form([text('title', 'x')]).subarray(0, 60)],
    ['without parts that is no form', 'nonsense'],
    ['with a boundary that is never there', Buffer.from(whole.toString().replaceAll('--b', '--c'))],
    ['with a part without a name', form([part('form-data', 'x')])],
    ['with a part with an empty name', form([text('', 'x')])],
    ['with a part without a disposition', form([Buffer.from('--b\r\nContent-Type: text/plain\r\n\r\nx\r\n')])],
    ['with a part without headers', form([Buffer.from('--b\r\n\r\nx\r\n')])],
    ['with a part whose headers never end', form([Buffer.from('--b\r\nContent-Disposition: form-data; name="title"\r\n')])],
    ['with an attachment', form([part('attachment; name="title"', 'x')])],
    ['with two names in one part', form([part('form-data; name="title"; name="f"', 'x')])],
    ['with two dispositions', form([text('title', 'x', 'Content-Disposition: form-data; name="f"\r\n')])],
    ['with a name beyond 100 characters', form([text('n'.repeat(101), 'x')])],
    ['with an encoded file name', form([part('form-data; name="f"; filename*=UTF-8\'\'a.txt', 'x')])],
    ['with a part in base64', form([text('title', 'eA==', 'Content-Transfer-Encoding: base64\r\n')])],
    ['with a part in another charset', form([text('title', 'x', 'Content-Type: text/plain; charset=utf-7\r\n')])],
    ['with a line break in a file name', form([upload('f', 'a\r\nX: y.txt', 'x')])],
    ['with a bare line feed in a header', form([part('form-data; name="title"\nX: y', 'x')])],
    ['with a header of 9 KiB', form([text('title', 'x', `X: ${'y'.repeat(9 * KIB)}\r\n`)])],
    ['with a header of 100 KiB', form([text('title', 'x', `X: ${'y'.repeat(100 * KIB)}\r\n`)])],
    ['with fifty headers in a part', form([text('title', 'x', 'X: y\r\n'.repeat(50))])],
    ['with a name that is no UTF-8', form([Buffer.from('--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n', 'latin1')])],
    ['with a field that is no UTF-8', form([text('title', Buffer.from([0xc3, 0x28]))])],
    ['with U+0000 in a field', form([text('title', 'a\0b')])],
    ['with an unclosed quotation', form([part('form-data; name="title', 'x')])],
  ])('%s', async (_what, body) => {
    const { status, problem } = await send(body);
    expect([status, problem.code]).toEqual([400, 'HTTP_MULTIPART']);
  });

  test.each<[string, string, Buffer, string]>([
    ['with eleven files', '/loose', form(Array.from({ length: 11 }, () => upload('g', 'a', 'x'))), 'HTTP_TOO_MANY_PARTS'],
    ['with 51 fields', '/loose', form(Array.from({ length: 51 }, (_, index) => text(`a${index}`, 'x'))), 'HTTP_TOO_MANY_PARTS'],
    ['with a field of more than 64 KiB', '/loose', form([text('a', 'x'.repeat(64 * KIB + 1))]), 'HTTP_FIELD_TOO_LARGE'],
    ['with a file beyond its rule', '/small', form([upload('f', 'a', 'x'.repeat(1001))]), 'HTTP_FILE_TOO_LARGE'],
    ['beyond its total', '/small', form([text('a', 'x'.repeat(20_001))]), 'HTTP_BODY_TOO_LARGE'],
  ])('%s, with 413', async (_what, url, body, code) => {
    const { status, problem, closed } = await send(body, { url });
    expect([status, problem.code]).toEqual([413, code]);
    expect(closed || body.length < 64 * KIB).toBe(true);
  });

  test('beyond its total without saying so before', async () => {
    const chunk = `3e8\r\n${'x'.repeat(1000)}\r\n`;
    const head = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n';
    const answer = await sendRaw(
      server.port,
      `POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n${head.length.toString(16)}\r\n${head}\r\n${chunk.repeat(30)}`,
    );
    expect(answer.text).toContain('HTTP_BODY_TOO_LARGE');
    expect(answer.closed).toBe(true);
  });

  test('where none is expected', async () => {
    expect((await send(whole, { url: '/json' })).problem).toMatchObject({ code: 'HTTP_MEDIA_TYPE' });
  });

  test('when its Content-Length is too short, and its rest is no request', async () => {
    const { status, problem, closed } = await send(whole, { length: whole.length - 30 });
    expect([status, problem.code, closed]).toEqual([400, 'HTTP_MULTIPART', true]);
  });

  test('with a scalar twice: neither wins', async () => {
    const { status, problem } = await send(form([text('title', 'a'), text('title', 'b'), upload('f', 'a', 'x')]));
    expect([status, problem.issues]).toMatchObject([422, [{ pointer: '/title', rule: 'type' }]]);
  });

  test('with one file twice: neither wins', async () => {
    const { problem } = await send(form([text('title', 'a'), upload('f', 'a', 'x'), upload('f', 'b', 'y')]));
    expect(problem.issues).toMatchObject([{ pointer: '/f', rule: 'maxItems' }]);
  });
});

describe('a form is taken', () => {
  test('with an epilogue, a preamble and a boundary in quotation marks', async () => {
    const body = Buffer.concat([Buffer.from('preamble\r\n'), whole, Buffer.from('epilogue')]);
    expect((await send(body, { type: 'Multipart/Form-Data; boundary="b"' })).status).toBe(200);
  });

  test('with a boundary of 70 characters', async () => {
    const long = 'b'.repeat(70);
    const body = Buffer.from(whole.toString().replaceAll('--b', `--${long}`));
    expect((await send(body, { type: `multipart/form-data; boundary=${long}` })).status).toBe(200);
  });

  test('byte by byte', async () => {
    const parts = Array.from(whole, (byte) => `1\r\n${String.fromCharCode(byte)}\r\n`).join('');
    const answer = await sendRaw(
      server.port,
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n${parts}0\r\n\r\n`,
    );
    expect(answer.statuses).toEqual([200]);
  });

  test('and its connection serves the next request', async () => {
    const request = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${whole.length}\r\n\r\n`;
    const answer = await sendRaw(server.port, Buffer.concat([Buffer.from(request), whole, Buffer.from(request), whole]));
    expect(answer.text.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });
});

describe('what broke other parsers does not break this one', () => {
  test('busboy and dicer, CVE-2022-24434: a crafted part header ended the process', async () => {
    const crafted =
      '------WebKitFormBoundaryoo6vortfDzBsDiro\r\n Content-Disposition: form-data; name="bildbeschreibung"\r\n\r\n\r\n------WebKitFormBoundaryoo6vortfDzBsDiro--';
    const { status, problem } = await send(crafted, { type: 'multipart/form-data; boundary=----WebKitFormBoundaryoo6vortfDzBsDiro' });
    expect([status, problem.code]).toEqual([400, 'HTTP_MULTIPART']);
  });

  test.each(['__proto__', 'constructor'])('multiparty, CVE-2026-8161, and AdonisJS, CVE-2026-25754: a part named %s', async (name) => {
    for (const body of [form([text(name, 'x')]), form([upload(name, 'a.txt', 'x')])])
      expect((await send(body, { url: '/loose' })).problem).toMatchObject({ status: 400, code: 'HTTP_MULTIPART' });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each(['toString', 'hasOwnProperty', 'prototype', 'valueOf'])(
    '@fastify/multipart, prototype pollution: a part named %s is a name like any other',
    async (name) => {
      const { status, problem } = await send(form([text(name, 'x')]));
      expect([status, problem.issues?.some(({ pointer, rule }) => pointer === `/${name}` && rule === 'unknown')]).toEqual([422, true]);
    },
  );

  test('@fastify/multipart, CVE-2023-25576: any number of parts', async () => {
    const { status, problem } = await send(form(Array.from({ length: 5000 }, () => text('a', ''))), { url: '/loose' });
    expect([status, problem.code]).toEqual([413, 'HTTP_TOO_MANY_PARTS']);
  });

  test('@fastify/multipart, CVE-2023-25576: empty parts without end are counted too', async () => {
    const { status, problem } = await send(form(Array.from({ length: 2000 }, () => upload('g', '', ''))), { url: '/loose' });
    expect([status, problem.code]).toEqual([413, 'HTTP_TOO_MANY_PARTS']);
  });

  test('multer, CVE-2026-5079: a deeply nested field name is a flat name, or too long', async () => {
    expect((await send(form([text(`a${'[b]'.repeat(10_000)}`, 'x')]))).problem).toMatchObject({ status: 400, code: 'HTTP_MULTIPART' });
    const { problem } = await send(form([text('a[b][c]', 'x')]));
    expect(problem.issues?.map(({ pointer }) => pointer)).toContain('/a[b][c]');
    expect((await send(form([text('a[__proto__][x]', 'x')]), { url: '/loose' })).status).toBe(200);
  });

  test.each<[string, Buffer]>([
    ['CVE-2025-47944: a field without a name', form([part('form-data; name=', 'x')])],
    ['CVE-2025-48997: an empty file name in an empty name', form([upload('', '', '')])],
    ['CVE-2025-7338: a malformed part', Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n')],
    ['CVE-2026-3304: a request that errs in the middle of a file', form([upload('f', 'a', 'x')]).subarray(0, -8)],
  ])('multer, %s', async (_what, body) => {
    expect((await send(body)).problem).toMatchObject({ status: 400, code: 'HTTP_MULTIPART' });
  });

  test.each(['../../../etc/cron.d/x', '..\\..\\x', '/etc/passwd', 'C:\\x', '..%2f..%2fx', '\u0000x', 'x/../../y'])(
    'AdonisJS, CVE-2026-21440: the file name %j does not say where a file goes',
    async (filename) => {
      const { status, problem } = await send(form([text('title', 'x'), upload('f', filename.replace('\0', ''), 'x')]));
      expect(status).toBe(200);
      expect((problem as unknown as { f: { name: string } }).f.name).not.toMatch(/[/\\]|^\./);
    },
  );

  test('AdonisJS, CVE-2026-25762: the type of a file is told by its first bytes only', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const { status } = await send(form([upload('g', 'a.bin', Buffer.alloc(9 * KIB * KIB, 1))]), { url: '/loose' });
    expect(status).toBe(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60 * KIB * KIB);
  });
});

describe('the reader of forms', () => {
  test('answers whatever it is sent, with a form or a refusal', { timeout: 60_000 }, async () => {
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\r',
      '-',
      '--',
      'b',
      '--b\r\n',
      '\r\n--b\r\n',
      '\r\n--b--\r\n',
      ' ',
      ';',
      '"',
      '\0',
      '\xff',
      'x',
      'Content-Disposition: form-data; name="f"; filename="a"',
      'Content-Disposition: form-data; name="t"',
      'Content-Disposition:',
      'Content-Type: image/png',
      'Content-Disposition: form-data; name="g"; filename=""',
      'x'.repeat(5000),
      '\x89PNG\r\n\x1a\n',
      '%PDF-',
      'name=',
      'filename*=',
      ': ',
      '\r\n ',
      '\t',
    );
    const cut = fc.integer({ min: 1, max: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 25 }), cut, async (pieces, size) => {
        const bytes = Buffer.from(pieces.join(''), 'latin1');
        // In chunks of any size: what is split between two is where parsers err.
        const chunks: string[] = [];
        for (let from = 0; from < bytes.length; from += Math.max(size, Math.ceil(bytes.length / 60)))
          chunks.push(bytes.toString('latin1', from, Math.min(bytes.length, from + Math.max(size, Math.ceil(bytes.length / 60)))));
        const body = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
        const answer = await sendRaw(
          server.port,
          Buffer.from(
            `POST /loose HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n${body}0\r\n\r\n`,
            'latin1',
          ),
          1000,
        );
        expect([200, 400, 413, 422]).toContain(answer.statuses[0]);
      }),
      { numRuns: 400 },
    );
  });
});
