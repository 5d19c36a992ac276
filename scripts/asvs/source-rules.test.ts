// What no test of a behaviour can show, because it is about what the sources do not hold.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { filesIn, packagesIn, ROOT } from '../lib/workspace.ts';

const published = packagesIn('packages').filter(({ manifest }) => manifest.private !== true);
const sources = new Map(
  published
    .flatMap(({ folder }) => filesIn(join(folder, 'src'), ['.ts']))
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => [relative(ROOT, file).replaceAll('\\', '/'), withoutComments(readFileSync(file, 'utf8'))]),
);
const dependencies = [
  ...new Set(published.flatMap(({ manifest }) => Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))),
].sort();

test('there are sources to look at', () => {
  expect(sources.size).toBeGreaterThan(400);
  expect(dependencies).toContain('jose');
});

test('no package has native code of its own, nor a step of its installation that compiles', () => {
  const native = published.flatMap(({ folder }) => filesIn(folder, ['.c', '.cc', '.cpp', '.h', '.rs', '.gyp', '.node', '.wasm']));
  expect(native).toEqual([]);
  for (const { manifest } of published)
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
});

test('code is made from text in one place, for schemas, and it is asked before whether that is allowed', () => {
  expect(holding(/\beval\(|new Function\(|\bFunction\(|from 'node:vm'/)).toEqual(['packages/validation/src/generate-copy.ts']);
});

test('no dependency reads XML or YAML, and nothing is turned into objects of classes', () => {
  expect(dependencies.filter((name) => /xml|sax|yaml|serialize/i.test(name))).toEqual([]);
  expect(holding(/from 'node:v8'|\bdeserialize\(/)).toEqual([]);
});

test('ciphers, hashes and keys are those of node:crypto, and of libraries that are named here', () => {
  const known = ['@node-rs/argon2', '@simplewebauthn/server', 'jose', 'openid-client'];
  const looksLikeCryptography =
    /argon|bcrypt|cipher|crypt|ecdsa|ed25519|elliptic|forge|hash|jose|jws|jwt|md5|noble|openid|sha\d|sodium|webauthn/i;
  expect(dependencies.filter((name) => looksLikeCryptography.test(name) && !known.includes(name))).toEqual([]);
});

test('every cipher is AES-256-GCM, and nothing is encrypted with RSA', () => {
  const ciphers = [...sources.values()].flatMap((text) =>
    [...text.matchAll(/create(?:C|Dec)ipheriv\(\s*([^,]+),/g)].map(([, name]) => name),
  );
  expect(ciphers.length).toBeGreaterThan(2);
  expect(new Set(ciphers)).toEqual(new Set(["'aes-256-gcm'"]));
  expect(holding(/publicEncrypt|privateDecrypt|createCipher\(|RSA_PKCS1_PADDING/)).toEqual([]);
});

test('hashes older than SHA-256 stand only where a protocol demands them', () => {
  expect(holding(/['"](?:md5|sha-?1|ripemd160|md4)['"]/i)).toEqual([
    'packages/auth/src/mfa/otp.ts', // RFC 6238: what authenticator apps compute
    'packages/auth/src/password/password-filter.ts', // lists of breached passwords are lists of SHA-1
    'packages/data/src/redis/redis-script.ts', // the name by which Redis knows a script
  ]);
});

test('what must not be guessed comes from the generator of node:crypto: Math.random chooses pauses and nothing else', () => {
  const lines = [...sources.values()].flatMap((text) => text.split('\n').filter((line) => line.includes('Math.random')));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter((line) => !/sleep|setTimeout|retry|reconnect|lifetime|pause|WAITS/i.test(line))).toEqual([]);
});

test('certificates are always checked, but for databases whose URL says otherwise', () => {
  const unchecked = [...sources].filter(([, text]) => /rejectUnauthorized: (?!true)|NODE_TLS_REJECT_UNAUTHORIZED/.test(text));
  expect(unchecked.map(([file]) => file)).toEqual([
    'packages/data/src/dialect/mysql.ts',
    'packages/data/src/dialect/postgres.ts',
    'packages/data/src/redis/redis-client.ts',
  ]);
  for (const [, text] of unchecked) expect(text).toMatch(/no-verify|=== 'verify'/);
});

function holding(pattern: RegExp): readonly string[] {
  return [...sources].flatMap(([file, text]) => (pattern.test(text) ? [file] : [])).sort();
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}
