import { execFile } from 'node:child_process';
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { readSources } from '../config/config-sources.js';
import { readConfigs } from '../config/read-configs.js';
import { Secret } from '../config/secret.js';
import { createAppKey, KEY_CONFIG } from './app-key.js';
import { readDevKey } from './dev-key.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-key-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = randomBytes(32).toString('base64');
const problemsOf = (env: Record<string, string>) => readConfigs([KEY_CONFIG], readSources({ env })).problems;

test('keys are derived by HKDF-SHA-256, one for each purpose', () => {
  const key = createAppKey(new Secret(good));
  const expected = Buffer.from(hkdfSync('sha256', Buffer.from(good, 'base64'), Buffer.alloc(0), 'plinth:cookies', 32));
  expect(key.derive('cookies')).toEqual(expected);
  expect(key.derive('cookies')).toEqual(key.derive('cookies'));
  expect(key.derive('tokens')).not.toEqual(key.derive('cookies'));
  expect(key.derivePrevious('cookies')).toEqual([]);
  expect(() => key.derive('')).toThrow(expect.objectContaining({ code: 'CORE_KEY_PURPOSE' }));
});

test('the first key is current, the others are former ones', () => {
  const old = randomBytes(32).toString('base64url');
  const key = createAppKey(new Secret(`${good}, ${old}`));
  expect(key.derive('x')).toEqual(createAppKey(new Secret(good)).derive('x'));
  expect(key.derivePrevious('x')).toEqual([createAppKey(new Secret(old)).derive('x')]);
});

test('in production a missing key is refused, with the cure', () => {
  expect(problemsOf({ NODE_ENV: 'production' })).toMatchObject([
    { code: 'CORE_KEY_MISSING', help: expect.stringContaining('openssl rand -base64 32') },
  ]);
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ NODE_ENV: 'production', APP_KEY: good })).toEqual([]);
});

test.each([
  ['is not base64.', 'not base64!'],
  ['has 16 bytes; 32 are needed.', randomBytes(16).toString('base64')],
  ['has 64 bytes; 32 are needed.', randomBytes(64).toString('base64')],
  ['is the same as key 1.', `${good},${good}`],
  ['is empty.', `${good},`],
])('a key that %s is refused everywhere and never printed', (reason, APP_KEY) => {
  const problems = problemsOf({ APP_KEY });
  expect(problems).toMatchObject([{ code: 'CORE_KEY_INVALID', message: expect.stringContaining(reason) }]);
  expect(JSON.stringify(problems)).not.toContain(APP_KEY);
});

test.each([
  ['zeros', Buffer.alloc(32)],
  ['a text', Buffer.from('correct horse battery staple 123')],
  ['a sequence', Buffer.from(Array.from({ length: 32 }, (_, index) => index))],
  ['the hash of "secret"', createHash('sha256').update('secret').digest()],
])('a key made of %s is refused in production', (_, bytes) => {
  const APP_KEY = bytes.toString('base64');
  expect(problemsOf({ NODE_ENV: 'production', APP_KEY })).toMatchObject([{ code: 'CORE_KEY_WEAK' }]);
  expect(problemsOf({ APP_KEY })).toEqual([]);
});

test('the key of development is made once, private and ignored by git', () => {
  const file = join(folder, 'once', '.plinth', 'dev-key');
  const key = readDevKey(file);
  expect(key).toHaveLength(32);
  expect(readDevKey(file)).toEqual(key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(file, '..', '.gitignore'), 'utf8')).toBe('*\n');
  expect(readdirSync(join(file, '..')).sort()).toEqual(['.gitignore', 'dev-key']);
  chmodSync(file, 0o644);
  readDevKey(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('processes that start at once agree on one key', async () => {
  const source = JSON.stringify(new URL('./dev-key.ts', import.meta.url).href);
  const files = Array.from({ length: 20 }, (_, index) => join(folder, `race-${index}`, 'dev-key'));
  // All wait for the same moment, then ask for one file after the other, each at a moment of its own.
  const script = `
    import { readDevKey } from ${source};
    const files = ${JSON.stringify(files)};
    const begin = ${Date.now() + 1_500};
    console.log(files.map((file, index) => { while (Date.now() < begin + index * 10); return readDevKey(file).toString('hex'); }).join());`;
  const run = () =>
    promisify(execFile)(process.execPath, [
      '--import',
      '@oxc-node/core/register',
      '-C',
      '@plinth/source',
      '--input-type=module',
      '-e',
      script,
    ]);
  const keys = (await Promise.all([run(), run(), run()])).map(({ stdout }) => stdout.trim());
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^(?:[0-9a-f]{64},?){20}$/);
});

test('a broken or unwritable file of the development key is named', () => {
  const broken = join(folder, 'broken-key');
  writeFileSync(broken, 'nonsense');
  expect(() => readDevKey(broken)).toThrow(expect.objectContaining({ code: 'CORE_KEY_FILE' }));
  const blocked = join(folder, 'blocked');
  writeFileSync(blocked, '');
  expect(() => readDevKey(join(blocked, 'dev-key'))).toThrow(expect.objectContaining({ code: 'CORE_KEY_FILE' }));
  expect(existsSync(join(folder, 'blocked', 'dev-key'))).toBe(false);
  mkdirSync(join(folder, 'directory'));
  expect(() => readDevKey(join(folder, 'directory'))).toThrow(/cannot be read \(EISDIR\)/);
});
