import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { provideValue, token } from '@plinth/core';
import { inject, post, type HttpOptions, type InjectResponse, type ProblemDetails } from '@plinth/http';
import { field, file, files, multipart, UploadFolder, type FormLimits, type FormParts, type UploadTarget } from '@plinth/http/multipart';
import * as z from 'zod';
import { build, serve, until } from './support/serve.js';

const KIB = 1024;
const MIB = KIB * KIB;
const any = { type: 'object', additionalProperties: true } as const;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'plinth-test-uploads-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A PNG of one grey row as wide and high as its header says. */
function png(width = 1, height = 1): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(2)))]);
}

/** The beginning of a JPEG whose size stands behind a segment of this length. */
function jpeg(width: number, height: number, segment = 40_000): Buffer {
  const preview = Buffer.alloc(segment + 4);
  preview.set([0xff, 0xe1]);
  preview.writeUInt16BE(segment + 2, 2);
  const frame = Buffer.from([
    0xff,
    0xc0,
    0,
    17,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    1,
    0x22,
    0,
    2,
    0x11,
    1,
    3,
    0x11,
    1,
  ]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), preview, frame, Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9])]);
}

interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly head?: string;
  readonly body?: string | Buffer;
}

/** A form byte by byte, so that it can be wrong. */
function bytesOf(parts: readonly Part[], boundary = 'b'): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, filename, type, head, body = '' }) => [
      Buffer.from(
        `--${boundary}\r\n${head ?? `Content-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}${type === undefined ? '' : `\r\nContent-Type: ${type}`}`}\r\n\r\n`,
      ),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}

/** Sends parts to a route whose handler tells what it got. */
async function submit(
  form: FormParts,
  body: Buffer | FormData | readonly Part[],
  { contentType = 'multipart/form-data; boundary=b', limits, http }: { contentType?: string; limits?: FormLimits; http?: HttpOptions } = {},
): Promise<{ response: InjectResponse; problem: ProblemDetails; left: readonly string[] }> {
  await using app = await build({
    http: { uploads: { directory }, ...http },
    routes: [
      post(
        '/',
        { open: true, body: multipart(form, limits), returns: any },
        ({ body: received }) => JSON.parse(JSON.stringify(received)) as Record<string, unknown>,
      ),
    ],
  });
  const bytes = Array.isArray(body) ? bytesOf(body as readonly Part[]) : (body as Buffer | FormData);
  const response = await inject(app.app, {
    method: 'POST',
    url: '/',
    body: bytes,
    ...(bytes instanceof FormData ? {} : { headers: { 'content-type': contentType } }),
  });
  await settled();
  return { response, problem: response.json() as ProblemDetails, left: await readdir(directory) };
}

/** What lies in the folder, once nothing does or enough time has passed. */
async function leftOver(): Promise<readonly string[]> {
  for (let tries = 0; tries < 100 && (await readdir(directory)).length > 0; tries++) await settled();
  return readdir(directory);
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('an upload [IO-05]', () => {
  test('gives the handler fields by their schemas and files by their bytes', async () => {
    const seen: unknown[] = [];
    const body = multipart({
      avatar: file({ types: ['image/png'], sha256: true }),
      gallery: files({ max: 5 }),
      title: { type: 'string' },
      rank: { type: 'integer' },
      tags: { type: 'array', items: { type: 'string' } },
      note: field({ type: 'string' }, { optional: true }),
      at: z.coerce.date(),
    });
    await using server = await serve({
      http: { uploads: { directory } },
      routes: [
        post('/', { open: true, body }, async ({ body: form }) => {
          const { avatar, gallery, title, rank, tags, note, at } = form;
          const text: string = title;
          const number: number = rank;
          seen.push(
            text,
            number,
            tags,
            note,
            at,
            avatar,
            gallery.length,
            await avatar.bytes(),
            await gallery[0]!.text(),
            await readdir(directory),
          );
          const { mode } = await stat(
            path.join(
              directory,
              (await readdir(directory)).find((name) => name.endsWith(avatar.key))!,
            ),
          );
          seen.push(mode & 0o777);
          return 'stored';
        }),
      ],
    });
    const form = new FormData();
    form.set('title', 'Zoë');
    form.append('tags', 'a');
    form.set('avatar', new Blob([new Uint8Array(png(3, 4))], { type: 'image/png' }), '../../etc/ünï\u202ecode.png');
    form.set('rank', '7');
    form.set('gallery', new Blob(['hello']), 'hello.txt');
    form.set('at', '2026-01-02');
    const response = await fetch(server.url, { method: 'POST', body: form });
    expect([response.status, await response.text()]).toEqual([200, 'stored']);
    const [title, rank, tags, note, at, avatar, count, bytes, text, stored, mode] = seen;
    expect([title, rank, tags, note, count, text, mode]).toEqual(['Zoë', 7, ['a'], undefined, 1, 'hello', 0o600]);
    expect(at).toEqual(new Date('2026-01-02'));
    const sha256 = createHash('sha256').update(png(3, 4)).digest('hex');
    expect(avatar).toMatchObject({ name: 'ünïcode.png', type: 'image/png', size: png(3, 4).length, width: 3, height: 4, sha256 });
    expect(bytes).toEqual(png(3, 4));
    expect(stored).toHaveLength(2);
    for (const name of stored as string[]) expect(name).toMatch(/^\.plinth-upload_[0-9a-f]{16}-\d+-\d+_[0-9a-f-]{36}\.(png|txt)$/);
    expect((avatar as { key: string }).key).toMatch(/^[0-9a-f-]{36}\.png$/);
    await until(() => server.logs.some((line) => line.msg === 'request'));
    expect(await leftOver()).toEqual([]);
  });

  test('tells every issue of its fields and files at once, each with its pointer [VAL-10]', async () => {
    const { response, problem, left } = await submit(
      { avatar: file({ types: ['image/png', 'image/jpeg'] }), doc: file(), gallery: files({ min: 2, max: 3 }), rank: { type: 'integer' } },
      [
        { name: 'avatar', filename: 'a.png', body: 'just text' },
        { name: 'rank', body: 'high' },
        { name: 'gallery', filename: '1.txt', body: '1' },
        { name: 'other', body: 'x' },
        { name: 'virus', filename: 'v.exe', body: 'MZ' },
      ],
    );
    expect(response.status).toBe(422);
    expect(problem.code).toBe('HTTP_INVALID');
    expect(problem.issues!.map(({ pointer, rule }) => `${pointer} ${rule}`).sort()).toEqual([
      '/avatar fileType',
      '/doc required',
      '/gallery minItems',
      '/other unknown',
      '/rank type',
      '/virus unknown',
    ]);
    expect(problem.issues!.find(({ pointer }) => pointer === '/rank')!.message).toBe('must be an integer');
    expect(left).toEqual([]);
  });

  test.each<[string, FormParts, Part, string]>([
    ['an empty file', { f: file() }, { filename: 'a.txt' }, 'must not be empty'],
    [
      'a script that says it is an image',
      { f: file({ types: ['image/png'] }) },
      { filename: 'a.png', type: 'image/png', body: '<script>alert(1)</script>' },
      'must be image/png, got text/html',
    ],
    [
      'an SVG where any image is taken',
      { f: file({ types: ['image/*'] }) },
      { filename: 'a.svg', body: '<svg xmlns="x"><script/></svg>' },
      'must be image/*, got image/svg+xml',
    ],
    [
      'an SVG where nothing is said',
      { f: file() },
      { filename: 'a.svg', body: '<?xml version="1.0"?><svg xmlns="x"/>' },
      'must not be image/svg+xml',
    ],
    ['HTML under the name of a text', { f: file() }, { filename: 'a.txt', body: '\n <!DOCTYPE html><p>' }, 'must not be text/html'],
    [
      'a PNG that is called a PDF',
      { f: file() },
      { filename: 'a.pdf', body: png() },
      'is image/png, which is not what its ending .pdf says',
    ],
    [
      'a PNG that is sent as a JPEG',
      { f: file() },
      { filename: 'a', type: 'image/jpeg', body: png() },
      'is image/png, which is not what its Content-Type says',
    ],
    ['a flood of pixels', { f: file() }, { filename: 'a.png', body: png(60_000, 60_000) }, 'must have at most 50000000 pixels'],
    [
      'a flood of pixels behind a preview',
      { f: file() },
      { filename: 'a.jpg', body: jpeg(60_000, 60_000) },
      'must have at most 50000000 pixels',
    ],
    [
      'an image that is too wide',
      { f: file({ maxWidth: 10 }) },
      { filename: 'a.jpg', body: jpeg(11, 5) },
      'must be at most 10 pixels wide',
    ],
    [
      'an image that is too high',
      { f: file({ maxHeight: 10 }) },
      { filename: 'a.gif', body: Buffer.from('GIF89a\x05\0\x0b\0', 'latin1') },
      'must be at most 10 pixels high',
    ],
    [
      'an image without a size',
      { f: file() },
      { filename: 'a.png', body: png().subarray(0, 20) },
      'must be an image whose size in pixels can be read',
    ],
    [
      'what a scan finds',
      { f: file({ scan: (found) => (found.size > 2 ? 'holds a virus' : undefined) }) },
      { filename: 'a.txt', body: 'EICAR' },
      'holds a virus',
    ],
    ['a text where a file belongs', { f: file() }, { body: 'text' }, 'must be a file, got a text'],
    ['a file where a text belongs', { f: { type: 'string' } }, { filename: 'a.txt', body: 'text' }, 'must be a text, got a file'],
    ['nothing in the input', { f: file() }, { filename: '', type: 'application/octet-stream' }, 'is required'],
  ])('refuses %s [VAL-10]', async (_what, form, part, message) => {
    const { problem, left } = await submit(form, [{ name: 'f', ...part }]);
    expect(problem.issues?.map((issue) => [issue.pointer, issue.message])).toContainEqual(['/f', message]);
    expect(left).toEqual([]);
  });

  test.each<[string, Buffer | string, string]>([
    ['a.jpg', jpeg(640, 480), 'image/jpeg'],
    [
      'a.webp',
      Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0', 'latin1'), Buffer.from([9, 0, 0, 4, 0, 0])]),
      'image/webp',
    ],
    ['a.pdf', '%PDF-1.7\n', 'application/pdf'],
    ['a.docx', 'PK\x03\x04rest', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['a.mp4', '\0\0\0\x18ftypisom', 'video/mp4'],
    ['a.csv', 'a;b\n1;ü\n', 'text/csv'],
    ['a.json', '{"a":1}', 'application/json'],
    ['a.xml', '<?xml version="1.0"?><a/>', 'application/xml'],
    ['a.bin', Buffer.from([0, 1, 2, 3, 255]), 'application/octet-stream'],
    ['a', 'plain', 'text/plain'],
  ])('tells the type of %s by its bytes', async (filename, body, type) => {
    const { response } = await submit({ f: file() }, [{ name: 'f', filename, body }]);
    expect(response.json()).toMatchObject({ f: { type, size: Buffer.from(body).length } });
  });

  test.each([
    ['..\\..\\windows\\win.ini', 'win.ini'],
    ['/etc/passwd', 'passwd'],
    ['....//a.txt', 'a.txt'],
    ['CON.txt', '_CON.txt'],
    ['.htaccess', 'htaccess'],
    ['a<b>:|?*.txt', 'ab.txt'],
    ['a%0d%0aSet-Cookie: x.txt', 'a%0d%0aSet-Cookie x.txt'],
    [`${'é'.repeat(300)}.txt`, `${'é'.repeat(96)}.txt`],
    ['...', 'file'],
    ['a\u202egnp.txt', 'agnp.txt'],
    ['nul', '_nul'],
  ])('reduces the file name %s to a label', async (filename, name) => {
    const { response } = await submit({ f: file() }, [{ name: 'f', filename, body: 'x' }]);
    expect(response.json()).toMatchObject({ f: { name } });
  });
});

describe('a file of a form', () => {
  const moved = async (run: Parameters<typeof handle>[0]) => handle(run);
  async function handle(
    run: (uploaded: import('@plinth/http/multipart').UploadedFile) => unknown,
    target?: UploadTarget,
  ): Promise<InjectResponse> {
    await using app = await build({
      http: { uploads: { directory } },
      routes: [
        post('/', { open: true, body: multipart({ f: file(target === undefined ? {} : { target }) }), returns: any }, async ({ body }) => ({
          result: await run(body.f),
        })),
      ],
    });
    const form = new FormData();
    form.set('f', new Blob(['content']), 'a.txt');
    const response = await inject(app.app, { method: 'POST', url: '/', body: form });
    await settled();
    return response;
  }

  test('is gone after the handler, but for one that was kept', async () => {
    await handle((uploaded) => uploaded.size);
    expect(await readdir(directory)).toEqual([]);
    const response = await handle((uploaded) => uploaded.keep());
    expect(await readdir(directory)).toEqual([(response.json() as { result: string }).result]);
  });

  test('moves to a path that is free, and to no other', async () => {
    const other = path.join(directory, 'other.txt');
    expect((await moved((uploaded) => uploaded.moveTo(other))).json()).toEqual({ result: other });
    expect(await readFile(other, 'utf8')).toBe('content');
    expect(await readdir(directory)).toEqual(['other.txt']);
    const again = await moved((uploaded) => uploaded.moveTo(other));
    expect([again.status, (again.json() as ProblemDetails).code]).toEqual([500, 'HTTP_UPLOAD_MOVE']);
    expect(await readdir(directory)).toEqual(['other.txt']);
  });

  test('moves to another target under a key of its own', async () => {
    const archive = new UploadFolder(path.join(directory, 'archive'));
    const response = await moved((uploaded) => uploaded.moveTo(archive, 'kept.txt'));
    expect(response.json()).toEqual({ result: 'kept.txt' });
    expect(await readdir(directory)).toEqual(['archive']);
    expect(await readdir(path.join(directory, 'archive'))).toEqual(['kept.txt']);
    const outside = await moved((uploaded) => uploaded.moveTo(archive, '../kept.txt'));
    expect((outside.json() as ProblemDetails).code).toBe('HTTP_UPLOAD_MOVE');
  });

  test('cannot be read once it is kept', async () => {
    const response = await handle((uploaded) => {
      uploaded.keep();
      return uploaded.text();
    });
    expect((response.json() as ProblemDetails).code).toBe('HTTP_UPLOAD_GONE');
  });

  test('streams to a target of any kind, in pieces, and is removed from it unless kept', async () => {
    const kept = new Map<string, Buffer>();
    const memory: UploadTarget = {
      async write(key, content) {
        kept.set(key, Buffer.concat(await content.toArray()));
      },
      async remove(key) {
        kept.delete(key);
      },
      read: (key) => Readable.from([kept.get(key)!]),
    };
    expect((await handle((uploaded) => uploaded.text(), memory)).json()).toEqual({ result: 'content' });
    expect(kept.size).toBe(0);
    await handle((uploaded) => uploaded.keep(), memory);
    expect([...kept.values()].map(String)).toEqual(['content']);
  });

  test('whose target fails is no fault of the client', async () => {
    const broken: UploadTarget = { write: () => Promise.reject(new Error('disk full')), remove: () => Promise.resolve() };
    const response = await handle(() => 'never', broken);
    expect([response.status, (response.json() as ProblemDetails).code]).toEqual([500, 'HTTP_UPLOAD_STORE']);
  });

  test('finds its target in the container', async () => {
    const DISK = token<UploadTarget>('DISK');
    const folder = path.join(directory, 'disk');
    const route = post('/', { open: true, body: multipart({ f: file({ target: DISK }) }) }, ({ body }) => body.f.keep());
    await using app = await build({ routes: [route], providers: [provideValue(DISK, new UploadFolder(folder))] });
    const form = new FormData();
    form.set('f', new Blob(['content']), 'a.txt');
    const response = await inject(app.app, { method: 'POST', url: '/', body: form });
    expect(await readdir(folder)).toEqual([response.text()]);
    await expect(build({ routes: [route] })).rejects.toThrow('HTTP_FORM_PART');
  });

  test.each(['throws', 'hangs', 'is left by its client'])('is gone when the handler %s', async (how) => {
    let seen = 0;
    await using server = await serve({
      http: { uploads: { directory } },
      routes: [
        post('/', { open: true, body: multipart({ f: file() }), limits: { timeout: 200 } }, async ({ signal }) => {
          seen = (await readdir(directory)).length;
          if (how === 'throws') throw new Error('no');
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return 'late';
        }),
      ],
    });
    const form = new FormData();
    form.set('f', new Blob(['content']), 'a.txt');
    const leaving = new AbortController();
    const asked = fetch(server.url, { method: 'POST', body: form, signal: leaving.signal }).catch(() => undefined);
    await until(() => seen === 1);
    if (how === 'is left by its client') leaving.abort();
    await asked;
    await until(() => server.logs.some((line) => line.msg === 'request'));
    expect(await leftOver()).toEqual([]);
  });
});

describe('a form of many parts', () => {
  test('a hundred uploads at once stay out of memory, and each arrives whole', async () => {
    const sums = new Set<string>();
    await using server = await serve({
      // Memory is measured here: load is shed elsewhere.
      http: { uploads: { directory }, overload: false },
      routes: [
        post('/', { open: true, body: multipart({ f: file({ sha256: true }) }) }, ({ body }) => {
          sums.add(body.f.sha256!);
          return String(body.f.size);
        }),
      ],
    });
    const size = 4 * MIB;
    const content = randomBytes(size);
    content[0] = 0;
    const expected = createHash('sha256').update(content).digest('hex');
    const before = process.memoryUsage();
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().arrayBuffers)), 5);
    const head = bytesOf([{ name: 'f', filename: 'a.bin' }])
      .toString()
      .split('\r\n--b--')[0]!;
    const tail = '\r\n--b--\r\n';
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => {
        // By hand and from one buffer, so that what is measured is the server's memory.
        const socket = connect(server.port, '127.0.0.1');
        let answer = '';
        socket.on('data', (chunk) => (answer += chunk.toString()));
        // One that is refused early tells so by its answer, not by a broken pipe.
        socket.on('error', () => {});
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.write(
          `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${head.length + size + tail.length}\r\n\r\n${head}`,
        );
        for (let from = 0; from < size; from += 64 * KIB)
          if (!socket.write(content.subarray(from, from + 64 * KIB)))
            await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
        socket.write(tail);
        await closed;
        return answer;
      }),
    );
    clearInterval(watch);
    for (const answer of answers) expect(answer).toMatch(new RegExp(`^HTTP/1.1 200 [^]*${size}$`));
    expect([...sums]).toEqual([expected]);
    // 400 MB have passed.
    expect(peak - before.arrayBuffers).toBeLessThan(120 * MIB);
    expect(await leftOver()).toEqual([]);
  }, 60_000);

  test('a slow target slows its client down', async () => {
    let taken = 0;
    const slow: UploadTarget = {
      async write(_key, content) {
        for await (const chunk of content) {
          taken += (chunk as Buffer).length;
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      },
      remove: () => Promise.resolve(),
    };
    await using server = await serve({ routes: [post('/', { open: true, body: multipart({ f: file({ target: slow }) }) }, () => 'done')] });
    const socket = connect(server.port, '127.0.0.1');
    const size = 8 * MIB;
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${size + 200}\r\n\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n`,
    );
    socket.write(Buffer.alloc(size));
    await until(() => taken > 0);
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(taken).toBeLessThan(size / 2);
    socket.destroy();
  });

  test('a client that leaves in the middle leaves nothing behind: an aborted upload of multer (CVE-2026-2359) kept its files', async () => {
    await using server = await serve({
      http: { uploads: { directory } },
      routes: [post('/', { open: true, body: multipart({ f: file() }) }, () => 'x')],
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n',
    );
    socket.write(Buffer.alloc(200_000));
    let stored: readonly string[] = [];
    for (let tries = 0; stored.length === 0 && tries < 100; tries++) {
      await settled();
      stored = await readdir(directory);
    }
    expect(stored).toHaveLength(1);
    socket.resetAndDestroy();
    await until(() => server.logs.some((line) => line.msg === 'request'));
    expect(server.logs.find((line) => line.msg === 'request')).toMatchObject({ status: 499, code: 'HTTP_BODY_CUT' });
    expect(await leftOver()).toEqual([]);
  });

  test('a server that stops removes what is on its way', async () => {
    const server = await serve({
      http: { uploads: { directory } },
      env: { HTTP_DRAIN: '100ms' },
      routes: [post('/', { open: true, body: multipart({ f: file() }) }, () => 'x')],
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n',
    );
    socket.write(Buffer.alloc(200_000));
    for (let tries = 0; (await readdir(directory)).length === 0 && tries < 100; tries++) await settled();
    await server.app.stop();
    for (let tries = 0; (await readdir(directory)).length > 0 && tries < 30; tries++) await settled();
    expect(await readdir(directory)).toEqual([]);
  });
});
