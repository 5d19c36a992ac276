import { hash as otherHash } from '@node-rs/argon2';
import { expect, test } from 'vitest';
import { Passwords } from '@plinth/auth';
import { startAuth } from './support.js';

const secret = 'a rather long password';

test('a hash is an argon2id PHC string with 19 MiB, two passes and a salt of its own [AU-09]', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  const [first, second] = await Promise.all([passwords.hash(secret), passwords.hash(secret)]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(second).not.toBe(first);
  expect(first!.length).toBeLessThan(255);
});

test('the right password is accepted and any other is not [AU-09]', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  const phc = await passwords.hash(secret);
  expect(await passwords.verify(secret, phc)).toEqual({ ok: true });
  for (const wrong of ['', secret.slice(0, -1), `${secret} `, secret.toUpperCase(), secret.normalize('NFD') + '\u0301']) {
    expect(await passwords.verify(wrong, phc)).toEqual({ ok: false });
  }
});

test('a password is taken as received: neither trimmed nor normalised nor cut [AU-09]', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  const composed = 'pass\u00e9 compos\u00e9 pass\u00e9';
  const phc = await passwords.hash(composed);
  expect((await passwords.verify(composed.normalize('NFD'), phc)).ok).toBe(false);
  const long = 'any long text '.repeat(80).slice(0, 1_023);
  const longHash = await passwords.hash(`${long}y`);
  expect((await passwords.verify(`${long}z`, longHash)).ok).toBe(false);
  expect((await passwords.verify(`${long}y`, longHash)).ok).toBe(true);
});

test('the hash that RFC 9106 argon2id gives for other parameters is understood, and its weaker ones are replaced [AU-09]', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  const weak = await otherHash(secret, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  const check = await passwords.verify(secret, weak);
  expect(check).toEqual({ ok: true, rehash: expect.stringContaining('m=19456,t=2,p=1') });
  expect(await passwords.verify(secret, check.rehash!)).toEqual({ ok: true });
  expect(await passwords.verify('not the password', weak)).toEqual({ ok: false });
});

test('a hash made with raised parameters is not weakened again', async () => {
  await using app = await startAuth();
  const strong = await otherHash(secret, { memoryCost: 20_000, timeCost: 3, parallelism: 2 });
  expect(await app.get(Passwords).verify(secret, strong)).toEqual({ ok: true });
});

test('a password of argon2i is hashed anew as argon2id', async () => {
  await using app = await startAuth();
  const old = await otherHash(secret, { memoryCost: 19_456, timeCost: 2, algorithm: 1 });
  expect(old).toContain('$argon2i$');
  expect((await app.get(Passwords).verify(secret, old)).rehash).toContain('$argon2id$');
});

test('a stored text that is no argon2 hash is an error of the application, and is not printed', async () => {
  await using app = await startAuth();
  const stored = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';
  const error = await app
    .get(Passwords)
    .verify(secret, stored)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AUTH_PASSWORD_HASH', kind: 'internal' });
  expect(JSON.stringify(error)).not.toContain('N9qo8');
});

test('the policy is asked when a password is set, and not when it is checked [AU-09]', async () => {
  await using app = await startAuth({ passwords: { minLength: 8 } });
  const passwords = app.get(Passwords);
  await expect(passwords.hash('7 chars')).rejects.toMatchObject({ code: 'AUTH_PASSWORD_TOO_SHORT', kind: 'invalid' });
  await expect(passwords.hash('x'.repeat(1_025))).rejects.toMatchObject({ code: 'AUTH_PASSWORD_TOO_LONG' });
  const short = await otherHash('short');
  expect((await passwords.verify('short', short)).ok).toBe(true);
});

test('a password beyond the greatest length is answered without hashing it', async () => {
  await using app = await startAuth();
  const passwords = app.get(Passwords);
  const phc = await passwords.hash(secret);
  const before = performance.now();
  for (let round = 0; round < 50; round += 1) expect((await passwords.verify('x'.repeat(100_000), phc)).ok).toBe(false);
  expect(performance.now() - before).toBeLessThan(500);
});

test('a flood is refused beyond the queue with AUTH_BUSY, and the event loop stays free', async () => {
  await using app = await startAuth({ passwords: { concurrency: 1, queue: 4 } });
  const passwords = app.get(Passwords);
  // Turns of the event loop, not their time: a loaded machine is slow to give any. Hashes that block leave room for one or two each.
  let turns = 0;
  let counting = setImmediate(function count() {
    turns += 1;
    counting = setImmediate(count);
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.hash(secret)));
  clearImmediate(counting);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(15);
  for (const { reason } of refused)
    expect(reason).toMatchObject({ code: 'AUTH_BUSY', kind: 'unavailable', retryAfter: expect.any(Number) });
  expect(turns).toBeGreaterThan(50);
  expect((await passwords.verify(secret, await passwords.hash(secret))).ok).toBe(true);
});
