import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { download, file, get, media, type RouteDefinition } from '@plinth/http';
import { serve, until, type TestServer } from './support/serve.js';

let folder: string;
let server: TestServer;
const MiB = 1024 * 1024;
const changed = new Date('2026-01-02T03:04:05.000Z');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-files-'));
  const root = join(folder, 'root');
  await mkdir(join(root, 'folder'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'digits.txt'), '0123456789');
  await utimes(join(root, 'digits.txt'), changed, changed);
  await writeFile(join(root, 'empty.txt'), '');
  await writeFile(join(root, '.env'), 'secret');
  await writeFile(join(root, 'large.bin'), Buffer.alloc(20 * MiB));
  await writeFile(join(root, 'shrinking.bin'), Buffer.alloc(20 * MiB));
  await symlink(join(folder, 'secret.txt'), join(root, 'out.txt'));
  await symlink(folder, join(root, 'up'));
  await symlink(join(root, 'digits.txt'), join(root, 'inside.txt'));
  const any = { open: true, returns: media('*/*') } as const;
  const routes: RouteDefinition[] = [
    get('/files/*path', any, ({ params }) => file({ root, path: params.path })),
    get('/strong', any, () => file(join(root, 'digits.txt'), { etag: 'strong', download: 'Bericht "ü".txt', cache: { maxAge: 5 } })),
    get('/pdf', { open: true, returns: media('application/pdf') }, () => file(join(root, 'digits.txt'))),
  ];
  server = await serve({
    routes,
    http: {
      firewall: {
        encodedSlash: 'allow',
        encodedBackslash: 'allow',
        dotSegments: 'allow',
        encodedControls: 'allow',
        emptySegments: 'allow',
      },
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ port: server.port, host: '127.0.0.1', path, headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('latin1') }),
      );
    })
      .on('error', reject)
      .end();
  });
}

const digits = '/files/digits.txt';

test('a file has its type, length, ETag and date; HEAD has the same without the bytes', async () => {
  const got = await ask(digits);
  expect(got).toMatchObject({ status: 200, text: '0123456789' });
  expect(got.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '10',
    'accept-ranges': 'bytes',
    'last-modified': changed.toUTCString(),
    'x-content-type-options': 'nosniff',
  });
  expect(got.headers.etag).toMatch(/^W\/"[a-z0-9-]+"$/);
  const head = await ask(digits, {}, 'HEAD');
  expect([head.status, head.text, head.headers['content-length'], head.headers.etag]).toEqual([200, '', '10', got.headers.etag]);
  expect(await ask('/files/empty.txt')).toMatchObject({ status: 200, text: '' });
  expect((await ask('/pdf')).headers['content-type']).toBe('application/pdf');
  expect(await ask('/files/inside.txt')).toMatchObject({ status: 200, text: '0123456789' });
});

test.each([
  ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
  ['bytes=8-', 206, '89', 'bytes 8-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=8-900', 206, '89', 'bytes 8-9/10'],
  ['bytes=20-30, 0-0', 206, '0', 'bytes 0-0/10'],
  ['bytes=5-2', 200, '0123456789', undefined],
  ['bytes=a-b', 200, '0123456789', undefined],
  ['bytes=-', 200, '0123456789', undefined],
  ['lines=0-1', 200, '0123456789', undefined],
  ['bytes=0-9,0-9,0-9', 200, '0123456789', undefined],
] as const)('Range: %s is a %i', async (range, status, text, contentRange) => {
  const got = await ask(digits, { range });
  expect([got.status, got.text, got.headers['content-range'], got.headers['content-length']]).toEqual([
    status,
    text,
    contentRange,
    String(text.length),
  ]);
});

test.each(['bytes=10-', 'bytes=-0', 'bytes=0-0,1-1,2-2,3-3,4-4,5-5'])('Range: %s is a 416 with the size (HTTP_RANGE)', async (range) => {
  const got = await ask(digits, { range });
  expect([got.status, got.headers['content-range'], (JSON.parse(got.text) as { code: string }).code]).toEqual([
    416,
    'bytes */10',
    'HTTP_RANGE',
  ]);
});

test('several ranges are one multipart answer of the announced length', async () => {
  const got = await ask(digits, { range: 'bytes=0-1, 8-9' });
  const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(got.headers['content-type'] as string)![1]!;
  expect(got.status).toBe(206);
  expect(got.text).toBe(
    [
      ['0-1', '01'],
      ['8-9', '89'],
    ]
      .map(
        ([range, text]) =>
          `\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes ${range}/10\r\n\r\n${text}`,
      )
      .join('') + `\r\n--${boundary}--\r\n`,
  );
  expect(got.headers['content-length']).toBe(String(got.text.length));
});

test('conditions are judged in the order of RFC 9110, 13.2.2', async () => {
  const etag = (await ask(digits)).headers.etag as string;
  const strong = (await ask('/strong')).headers.etag as string;
  const date = changed.toUTCString();
  const before = new Date(+changed - 5000).toUTCString();
  const status = async (path: string, headers: Record<string, string>) => (await ask(path, headers)).status;
  expect(await status(digits, { 'if-none-match': etag })).toBe(304);
  expect(await status(digits, { 'if-none-match': `"x", ${etag.slice(2)}` })).toBe(304);
  expect(await status(digits, { 'if-none-match': '*' })).toBe(304);
  expect(await status(digits, { 'if-none-match': '"x"', 'if-modified-since': date })).toBe(200);
  expect(await status(digits, { 'if-modified-since': date })).toBe(304);
  expect(await status(digits, { 'if-modified-since': before })).toBe(200);
  expect(await status(digits, { 'if-modified-since': 'nonsense' })).toBe(200);
  expect(await status(digits, { 'if-unmodified-since': before })).toBe(412);
  expect(await status(digits, { 'if-match': etag })).toBe(412);
  expect(await status('/strong', { 'if-match': strong })).toBe(200);
  expect(await status('/strong', { 'if-match': '"x"', 'if-none-match': strong })).toBe(412);
  expect((JSON.parse((await ask(digits, { 'if-match': '"x"' })).text) as { code: string }).code).toBe('HTTP_PRECONDITION');
  // If-Range: exactly this version, else the whole file.
  expect(await status('/strong', { range: 'bytes=0-1', 'if-range': strong })).toBe(206);
  expect(await status('/strong', { range: 'bytes=0-1', 'if-range': '"x"' })).toBe(200);
  expect(await status(digits, { range: 'bytes=0-1', 'if-range': etag })).toBe(200);
  expect(await status(digits, { range: 'bytes=0-1', 'if-range': date })).toBe(206);
  expect(await status(digits, { range: 'bytes=0-1', 'if-range': before })).toBe(200);
  const same = await ask(digits, { 'if-none-match': etag });
  expect([same.text, same.headers.etag, same.headers['content-length'], same.headers['content-type']]).toEqual([
    '',
    etag,
    undefined,
    undefined,
  ]);
});

test('a download has a safe name', async () => {
  const { headers } = await ask('/strong');
  expect(headers['content-disposition']).toBe(`attachment; filename="Bericht ___.txt"; filename*=UTF-8''Bericht%20_%C3%BC_.txt`);
  expect(headers['cache-control']).toBe('max-age=5');
  expect(download('../../etc/passwd')).toBe('attachment; filename="passwd"');
  expect(download('a\r\nSet-Cookie: x.txt')).toBe('attachment; filename="a__Set-Cookie_ x.txt"');
  expect(download('photo\u202egpj.exe')).toBe('attachment; filename="photo_gpj.exe"');
  expect(download('..')).toBe('attachment; filename="download"');
  expect(download(`${'x'.repeat(500)}.pdf`)).toMatch(/^attachment; filename="x{196}\.pdf"$/);
  expect(download('\ud800.txt')).toContain('filename*=');
});

test.each([
  'missing.txt',
  'folder',
  'folder/',
  '.env',
  'folder/../.env',
  '../secret.txt',
  '%2e%2e/secret.txt',
  '..%2fsecret.txt',
  '..%5csecret.txt',
  'folder%2f..%2fdigits.txt',
  'out.txt',
  'up/secret.txt',
  'digits.txt%00.png',
  'digits.txt.',
  'digits.txt%20',
  'digits.txt::$DATA',
  'CON',
  'aux.txt',
  '/etc/passwd',
  '//etc/passwd',
  'DIGIT~1.TXT',
])('nothing outside of the root, hidden or ambiguous is sent: %s (send CVE-2014-6394, @fastify/static CVE-2026-6414)', async (path) => {
  const got = await ask(`/files/${path}`);
  expect([400, 404]).toContain(got.status);
  expect(got.text).not.toContain('secret"');
  if (got.status === 404) expect((JSON.parse(got.text) as { code: string }).code).toBe('HTTP_NO_FILE');
});

/** Whether files below the folder are open in this process. */
async function openFiles(): Promise<number> {
  const { readlink } = await import('node:fs/promises');
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith(folder)).length;
}

test('no descriptor stays open: whole, 304, 412, 416, HEAD, 404, and clients that leave (NestJS StreamableFile leak)', async () => {
  const etag = (await ask(digits)).headers.etag as string;
  const asked: Record<string, string>[] = [
    {},
    { 'if-none-match': etag },
    { 'if-match': '"x"' },
    { range: 'bytes=99-' },
    { range: 'bytes=0-1,3-4' },
  ];
  for (const headers of asked) await ask(digits, headers);
  await ask(digits, {}, 'HEAD');
  await ask('/files/out.txt');
  await Promise.all(
    Array.from(
      { length: 20 },
      () =>
        new Promise<void>((resolve) => {
          const sent = request({ port: server.port, host: '127.0.0.1', path: '/files/large.bin', agent: false }, (response) => {
            response.once('data', () => {
              sent.destroy();
              resolve();
            });
          });
          sent.on('error', () => {});
          sent.end();
        }),
    ),
  );
  for (let tries = 0; tries < 100 && (await openFiles()) > 0; tries++) await sleep(20);
  expect(await openFiles()).toBe(0);
});

test('a file that shrinks while it is sent breaks the connection', async () => {
  const path = join(folder, 'root', 'shrinking.bin');
  const outcome = await new Promise<string>((resolve) => {
    const sent = request({ port: server.port, host: '127.0.0.1', path: '/files/shrinking.bin', agent: false }, (response) => {
      response.once('data', () => {
        response.pause();
        void truncate(path, 1000).then(() => response.resume());
      });
      response.on('error', () => resolve('broken'));
      response.on('end', () => resolve('ended'));
    });
    sent.end();
  });
  expect(outcome).toBe('broken');
  await until(() => server.logs.some((line) => JSON.stringify(line).includes('changed while it was sent')));
});
