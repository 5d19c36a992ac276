import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openRedis } from '@plinth/data/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type RedisServer } from './support/redis-server.js';

let folder: string;
let server: RedisServer;
let url: string;
const usual = getCACertificates('default');
const authority = () => readFileSync(join(folder, 'cert.pem'), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-redis-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
  const port = await freePort();
  server = await startRedis(
    ...['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'],
  );
  url = `rediss://localhost:${port}`;
}, 30_000);
afterAll(async () => {
  setDefaultCACertificates(usual);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

test('a certificate of an unknown authority is not believed', async () => {
  const redis = await openRedis({ url });
  await redis.untilReady(1_000).catch(() => undefined);
  await expect(redis.send('PING')).rejects.toMatchObject({
    code: 'DATA_REDIS_UNAVAILABLE',
    message: expect.stringMatching(/certificate/i) as string,
  });
  await redis.close();
});

test('?tls=no-verify takes any certificate', async () => {
  const redis = await openRedis({ url: `${url}?tls=no-verify` });
  await redis.untilReady(5_000);
  expect(await redis.send('PING')).toBe('PONG');
  await redis.close();
});

test('a certificate of an authority that the process trusts is believed, for its own name only', async () => {
  setDefaultCACertificates([...usual, authority()]);
  const redis = await openRedis({ url });
  await redis.untilReady(5_000);
  expect(await redis.send('SET', 'tls', 'yes')).toBe('OK');
  expect(await redis.send('GET', 'tls')).toBe('yes');
  await redis.close();
  const other = await openRedis({ url: url.replace('localhost', '127.0.0.2') });
  await other.untilReady(1_000).catch(() => undefined);
  await expect(other.send('PING')).rejects.toMatchObject({ code: expect.stringMatching(/^DATA_REDIS_/) as string });
  await other.close();
});
