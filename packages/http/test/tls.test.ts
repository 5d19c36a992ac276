import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpsGet } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { get, HTTP_SERVER, inject, type TlsOptions } from '@plinth/http';
import { build, serve, until } from './support/serve.js';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/tls/${name}.pem`, import.meta.url));
const cert = fixture('first.cert');
const key = fixture('first.key');
const folder = mkdtempSync(join(tmpdir(), 'plinth-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const echo = get('/', { open: true }, ({ protocol, host }) => `${protocol} ${host}`);
const trusted = readFileSync(cert, 'utf8') + readFileSync(fixture('second.cert'), 'utf8');

function ask(port: number): Promise<{ status: number; text: string; hsts: unknown; name: string }> {
  return new Promise((resolve, reject) => {
    httpsGet({ host: '127.0.0.1', port, ca: trusted, agent: false, servername: 'localhost' }, (response) => {
      const name = (response.socket as TLSSocket).getPeerCertificate().subject.CN as string;
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, hsts: response.headers['strict-transport-security'], name }),
      );
    }).on('error', reject);
  });
}

function handshake(port: number, options: object): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca: trusted, servername: 'localhost', ...options }, () => {
      resolve(socket.getProtocol() ?? '');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
  });
}

describe('a server with certificate and key', () => {
  test('serves https with HSTS, and says so in its address [IO-08]', async () => {
    await using server = await serve({ routes: [echo], http: { tls: { cert, key } } });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    expect(await ask(server.port)).toMatchObject({
      status: 200,
      text: `https 127.0.0.1:${server.port}`,
      hsts: expect.stringContaining('max-age=') as string,
    });
  });

  test('takes files or texts, from the environment first [IO-08]', async () => {
    const env = { TLS_CERT: readFileSync(cert, 'utf8'), TLS_KEY: readFileSync(key, 'utf8') };
    await using server = await serve({ routes: [echo], env, http: { tls: { cert: fixture('second.cert'), key: fixture('second.key') } } });
    expect((await ask(server.port)).name).toBe('first.localhost');
  });

  test('speaks nothing below TLS 1.2, and no suite without forward secrecy (ASVS 12.1.1) [IO-08]', async () => {
    await using server = await serve({ routes: [echo], http: { tls: { cert, key } } });
    expect(await handshake(server.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' })).not.toMatch(
      /^TLS/,
    );
    expect(await handshake(server.port, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    expect(await handshake(server.port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' })).not.toMatch(/^TLS/);
    expect(await handshake(server.port, {})).toBe('TLSv1.3');
  });

  test('answers inject, drains, and outlives plain http and rubbish on its port [IO-08]', async () => {
    await using server = await serve({ routes: [echo], http: { tls: { cert, key } } });
    for (const bytes of ['GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', Buffer.alloc(300, 7)])
      await new Promise((resolve) => {
        const socket = connectPlain(server.port, '127.0.0.1', () => socket.write(bytes));
        socket
          .on('close', resolve)
          .on('error', () => {})
          .resume();
      });
    await until(() => server.logs.some(({ msg }) => msg === 'TLS handshake failed'));
    const open = connectPlain(server.port, '127.0.0.1');
    open.on('error', () => {});
    expect((await inject(server.app, { url: '/' })).status).toBe(200);
    expect((await ask(server.port)).status).toBe(200);
    const started = performance.now();
    await server.app.stop();
    expect(performance.now() - started).toBeLessThan(3000);
    open.destroy();
  });

  test('reads renewed files by a method and on SIGHUP, and keeps the old ones where the new are broken [IO-08]', async () => {
    const own = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const put = (name: string) => {
      copyFileSync(fixture(`${name}.cert`), own.cert);
      copyFileSync(fixture(`${name}.key`), own.key);
    };
    put('first');
    await using server = await serve({ routes: [echo], http: { tls: own } });
    put('second');
    expect((await ask(server.port)).name).toBe('first.localhost');
    server.app.get(HTTP_SERVER).reloadTls();
    expect((await ask(server.port)).name).toBe('second.localhost');
    writeFileSync(own.key, 'rubbish');
    expect(() => server.app.get(HTTP_SERVER).reloadTls()).toThrow(expect.objectContaining({ code: 'HTTP_TLS' }) as Error);
    process.emit('SIGHUP', 'SIGHUP');
    await until(() => server.logs.some(({ msg }) => msg.startsWith('the new certificate cannot be used')));
    expect((await ask(server.port)).name).toBe('second.localhost');
    put('first');
    process.emit('SIGHUP', 'SIGHUP');
    expect((await ask(server.port)).name).toBe('first.localhost');
    const { app } = server;
    await app.stop();
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });
});

test.each<[string, TlsOptions, RegExp]>([
  ['a missing key', { cert }, /no key/],
  ['a missing certificate', { key }, /no certificate/],
  ['a file that is not there', { cert: '/nowhere/cert.pem', key }, /\/nowhere\/cert\.pem cannot be read \(ENOENT\)/],
  ['the key of another certificate', { cert, key: fixture('second.key') }, /not that of the certificate/],
  ['a certificate that has run out', { cert: fixture('expired.cert'), key }, /invalid since/],
  ['what is no PEM', { cert: key, key: cert }, /not one in PEM/],
  ['unknown ciphers', { cert, key, ciphers: 'NOPE' }, /OpenSSL refuses/],
])('%s stops the boot: HTTP_TLS [IO-08]', async (_name, tls, sentence) => {
  const error = await build({ routes: [echo], http: { tls } }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ problems: [{ code: 'HTTP_TLS', message: expect.stringMatching(sentence) as string }] });
  expect(JSON.stringify((error as { problems: unknown }).problems)).not.toContain('PRIVATE KEY');
});

test('the least version of TLS is 1.2, and 1.3 where that is asked for', async () => {
  const versionOf = (port: number, maxVersion: 'TLSv1.1' | 'TLSv1.2') =>
    new Promise<string | null>((resolve) => {
      // Level 0 lets the client offer what the server shall refuse.
      const options = { host: '127.0.0.1', port, ca: trusted, servername: 'localhost', minVersion: 'TLSv1.1', maxVersion } as const;
      const socket = connect({ ...options, ciphers: 'DEFAULT@SECLEVEL=0' }, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.on('error', () => resolve(null));
    });
  for (const [minVersion, expected] of [
    [undefined, 'TLSv1.2'],
    ['TLSv1.3', null],
  ] as const) {
    await using server = await serve({ routes: [echo], http: { tls: { cert, key, ...(minVersion !== undefined && { minVersion }) } } });
    expect(await versionOf(server.port, 'TLSv1.2')).toBe(expected);
    expect(await versionOf(server.port, 'TLSv1.1')).toBe(null);
  }
});
