import { type App, type BootError, createApp, type ModuleRef, type Problem, token } from '@plinth/core';
import { type Database, DataModule } from '@plinth/data';
import { type Redis, RedisModule } from '@plinth/data/redis';
import { expect, test } from 'vitest';

// Built and not started: nothing is connected to.
async function problemsOf(root: ModuleRef, env: Record<string, string>): Promise<readonly Problem[]> {
  let app: App;
  try {
    app = await createApp(root, { env: { NODE_ENV: 'production', LOG_LEVEL: 'silent', ...env }, envFile: false, inspect: true });
  } catch (error) {
    return (error as BootError).problems;
  }
  await app.stop();
  return [];
}

const database = (url: string, env: Record<string, string> = {}) => problemsOf(DataModule, { DATABASE_URL: url, ...env });
const redis = (url: string, env: Record<string, string> = {}) => problemsOf(RedisModule, { REDIS_URL: url, ...env });
const open = (url: string) => (url.startsWith('redis') ? redis : database)(url);

test.each([
  'postgres://ann:topsecret@db.example.com/shop',
  'postgresql://ann:topsecret@db.example.com/shop?sslmode=disable',
  'postgres://ann:topsecret@10.0.0.5:5432/shop',
  'postgres://ann:topsecret@192.168.1.5/shop',
  'postgres://ann:topsecret@postgres/shop',
  'postgres://ann:topsecret@[2001:db8::5]/shop',
  'postgres://ann:topsecret@[fe80::1]/shop',
  'postgres://ann:topsecret@localhost/shop?host=db.example.com',
  'postgres://ann:topsecret@localhost/shop?host=',
  'postgres://ann:topsecret@localhost.example.com/shop',
  'postgres://ann:topsecret@127.0.0.1.example.com/shop',
  'postgres://ann:topsecret@[::ffff:10.0.0.5]/shop',
  'mysql://ann:topsecret@db.example.com/shop',
  'mysql://ann:topsecret@172.17.0.2/shop?ssl=false',
  'mariadb://ann:topsecret@mariadb/shop',
  'mariadb://ann:topsecret@[fd12::5]/shop',
  'mssql://ann:topsecret@db.example.com/shop?encrypt=false',
  'sqlserver://ann:topsecret@10.0.0.5/shop?encrypt=false&trustServerCertificate=true',
  'redis://ann:topsecret@cache.example.com',
  'redis://:topsecret@10.0.0.5:6379/0',
  'redis://:topsecret@[2001:db8::5]',
])('production refuses %s, which crosses a network without TLS (ASVS 12.3.1)', async (url) => {
  const problems = await open(url);
  expect(problems).toMatchObject([{ code: 'DATA_PLAINTEXT', help: expect.stringContaining('_PLAINTEXT=trusted-network') as string }]);
  expect(JSON.stringify(problems)).not.toContain('topsecret');
});

test.each([
  'sqlite::memory:',
  'sqlite:./never.db',
  'postgres://ann:topsecret@localhost/shop',
  'postgres://ann:topsecret@LOCALHOST/shop',
  'postgres:///shop',
  'postgres://ann:topsecret@127.0.0.1/shop',
  'postgres://ann:topsecret@127.8.8.8/shop',
  'postgres://ann:topsecret@[::1]/shop',
  'postgres://ann:topsecret@[0:0:0:0:0:0:0:1]/shop',
  'postgres://ann:topsecret@[::ffff:127.0.0.1]/shop',
  'postgres://ann:topsecret@db.example.com/shop?host=/var/run/postgresql',
  'postgres://ann:topsecret@db.example.com/shop?sslmode=require',
  'postgres://ann:topsecret@db.example.com/shop?sslmode=verify-full',
  'postgres://ann:topsecret@db.example.com/shop?sslmode=no-verify',
  'mysql://ann:topsecret@localhost/shop',
  'mysql://ann:topsecret@db.example.com/shop?ssl=true',
  'mysql://ann:topsecret@db.example.com/shop?ssl=no-verify',
  'mariadb://ann:topsecret@db.example.com/shop?socketPath=/run/mysqld/mysqld.sock',
  'mssql://ann:topsecret@db.example.com/shop',
  'mssql://ann:topsecret@db.example.com/shop?trustServerCertificate=true',
  'mssql://ann:topsecret@127.0.0.1/shop?encrypt=false',
  'redis://localhost',
  'redis://[::1]:6379',
  'rediss://ann:topsecret@cache.example.com',
  'rediss://ann:topsecret@10.0.0.5?tls=no-verify',
])('production takes %s', async (url) => {
  expect(await open(url)).toEqual([]);
});

test('the problem names the host, the way to TLS and the variable of the waiver', async () => {
  const [problem] = await database('postgres://ann:topsecret@db.example.com/shop');
  expect(problem).toMatchObject({
    message:
      'postgres://ann:***@db.example.com/shop leads to db.example.com without TLS in production: passwords and data would cross the network in the clear.',
    help: 'Put sslmode=verify-full into the parameters of the URL. On a network that nobody else can read or write: DATABASE_PLAINTEXT=trusted-network, or `plaintext: "trusted-network"` of the module.',
    where: 'DATABASE_URL',
  });
  const helpOf = async (url: string) => (await open(url))[0]?.help;
  expect(await helpOf('mysql://h/shop')).toContain('ssl=true');
  expect(await helpOf('mssql://h/shop?encrypt=false')).toContain('Remove encrypt=false');
  expect(await helpOf('redis://h')).toMatch(/rediss:.*REDIS_PLAINTEXT=trusted-network/);
});

test('an address with a zone is read, and is no way around', async () => {
  expect(await database('postgres://ann@localhost/shop?host=fe80::1%25eth0')).toMatchObject([{ code: 'DATA_PLAINTEXT' }]);
});

test('a trusted network is said by a variable or an option, and the variable stands over the option', async () => {
  const url = 'postgres://ann:topsecret@10.0.0.5/shop';
  expect(await database(url, { DATABASE_PLAINTEXT: 'trusted-network' })).toEqual([]);
  expect(await redis('redis://10.0.0.5', { REDIS_PLAINTEXT: 'trusted-network' })).toEqual([]);
  const trusting = DataModule.with({ url, plaintext: 'trusted-network' });
  expect(await problemsOf(trusting, {})).toEqual([]);
  expect(await problemsOf(RedisModule.with({ url: 'redis://10.0.0.5', plaintext: 'trusted-network' }), {})).toEqual([]);
  expect(await problemsOf(trusting, { DATABASE_PLAINTEXT: 'refuse' })).toMatchObject([{ code: 'DATA_PLAINTEXT' }]);
});

test('a waiver is for its own server, and a misspelt one is a problem itself', async () => {
  const REPORTS = token<Database>('REPORTS');
  const CACHE = token<Redis>('CACHE');
  const reports = DataModule.with({ token: REPORTS, name: 'reports', variable: 'REPORTS_URL' });
  const cache = RedisModule.with({ token: CACHE, name: 'cache', variable: 'CACHE' });
  const trusted = { DATABASE_PLAINTEXT: 'trusted-network', REDIS_PLAINTEXT: 'trusted-network' };
  const urls = { REPORTS_URL: 'mysql://10.0.0.5/shop', CACHE: 'redis://10.0.0.5' };
  expect(await problemsOf(reports, { ...urls, ...trusted })).toMatchObject([{ code: 'DATA_PLAINTEXT' }]);
  expect(await problemsOf(reports, { ...urls, REPORTS_PLAINTEXT: 'trusted-network' })).toEqual([]);
  expect(await problemsOf(cache, { ...urls, ...trusted })).toMatchObject([{ code: 'DATA_PLAINTEXT' }]);
  expect(await problemsOf(cache, { ...urls, CACHE_PLAINTEXT: 'trusted-network' })).toEqual([]);
  const problems = await database('postgres://10.0.0.5/shop', { DATABASE_PLAINTEXT: 'trusted' });
  expect(JSON.stringify(problems)).toContain('DATABASE_PLAINTEXT');
  expect(problems.length).toBeGreaterThan(0);
});

test('outside of production every URL is taken', async () => {
  for (const NODE_ENV of ['development', 'test', '']) {
    expect(await database('postgres://ann:topsecret@db.example.com/shop', { NODE_ENV })).toEqual([]);
    expect(await redis('redis://cache.example.com', { NODE_ENV })).toEqual([]);
  }
});
