import { mkdtempSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { get, HTTP_SERVER, inject } from '@plinth/http';
import { build, serve } from './support/serve.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-socket-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const echo = get('/', { open: true }, ({ ip }) => ip);

function ask(target: object): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ ...target, path: '/', headers: { host: 'localhost' } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });
}

describe('several addresses', () => {
  test('are all served on one port, told, and all closed at the end [IO-08]', async () => {
    const server = await serve({ routes: [echo], env: { HOST: '127.0.0.1, ::1, 127.0.0.2' } });
    const addresses = server.app.get(HTTP_SERVER).addresses();
    expect(addresses.map(({ url }) => url)).toEqual([
      `http://127.0.0.1:${server.port}`,
      `http://[::1]:${server.port}`,
      `http://127.0.0.2:${server.port}`,
    ]);
    expect(server.logs.find(({ msg }) => msg === 'listening')).toMatchObject({ urls: addresses.map(({ url }) => url) });
    for (const host of ['127.0.0.1', '::1', '127.0.0.2']) expect(await ask({ host, port: server.port })).toMatch(/^(127\.0\.0\.1|::1)$/);
    const kept = connect(server.port, '127.0.0.2');
    await server.app.stop();
    kept.destroy();
    for (const host of ['127.0.0.1', '::1', '127.0.0.2']) await expect(ask({ host, port: server.port })).rejects.toThrow('ECONNREFUSED');
  });

  test('are closed again where one of them cannot be had [IO-08]', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.2', resolve));
    const { port } = other.address() as { port: number };
    const server = await build({ routes: [echo], env: { HOST: '127.0.0.1,127.0.0.2', PORT: String(port) } });
    const error = (await server.app.start().catch((thrown: unknown) => thrown)) as Error;
    expect(error.cause ?? error).toMatchObject({ code: 'HTTP_PORT_IN_USE' });
    await expect(ask({ host: '127.0.0.1', port })).rejects.toThrow('ECONNREFUSED');
    other.close();
  });
});

describe('a Unix socket', () => {
  test('is served with its permissions, and gone afterwards [IO-08]', async () => {
    const path = join(folder, 'a.sock');
    const server = await build({ routes: [echo], env: { SOCKET: path, SOCKET_MODE: '600' } });
    await server.app.start();
    expect(server.app.get(HTTP_SERVER).address()).toEqual({ host: 'localhost', port: 0, path, url: `unix:${path}` });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ask({ socketPath: path })).toBe('127.0.0.1');
    expect((await inject(server.app, { url: '/' })).status).toBe(200);
    await server.app.stop();
    expect(existsSync(path)).toBe(false);
  });

  test('that a dead process has left behind is taken over [IO-08]', async () => {
    const path = join(folder, 'b.sock');
    const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script, path]);
    expect(statSync(path).isSocket()).toBe(true);
    const server = await build({ routes: [echo], env: { SOCKET: path } });
    await server.app.start();
    expect(await ask({ socketPath: path })).toBe('127.0.0.1');
    await server.app.stop();
  });

  test('on which somebody listens, or a file, is left alone: HTTP_SOCKET [IO-08]', async () => {
    const path = join(folder, 'c.sock');
    const server = await build({ routes: [echo], env: { SOCKET: path } });
    await server.app.start();
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    for (const [taken, reason, cure] of [
      [path, /another process listens there/, /^Stop that process/],
      [file, /file of another kind/, /remove the file/],
      [join(folder, 'no', 'such.sock'), /folder does not exist|may not write/, /^Create the folder|^Give this process/],
    ] as const) {
      const second = await build({ routes: [echo], env: { SOCKET: taken } });
      const error = (await second.app.start().catch((thrown: unknown) => thrown)) as Error;
      expect(error.cause ?? error).toMatchObject({
        code: 'HTTP_SOCKET',
        message: expect.stringMatching(reason) as string,
        help: expect.stringMatching(cure) as string,
      });
    }
    expect(statSync(file).size).toBe(4);
    expect(await ask({ socketPath: path })).toBe('127.0.0.1');
    await server.app.stop();
  });
});
