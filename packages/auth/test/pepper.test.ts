import { hash as otherHash } from '@node-rs/argon2';
import { Secret } from '@plinth/core';
import { expect, test } from 'vitest';
import { AuthModule, Passwords } from '@plinth/auth';
import { appKey, startAuth } from './support.js';

const secret = 'a rather long password';
const withKeys = (...numbers: readonly number[]) => startAuth({ passwords: { pepper: numbers.map((number) => appKey(number)) } });

test('a pepper goes into the hash, and its key id stands where PHC strings of argon2 have it [AU-09]', async () => {
  await using app = await withKeys(1);
  const passwords = app.get(Passwords);
  const phc = await passwords.hash(secret);
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,keyid=[A-Za-z\d+/]{8}\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await passwords.verify(secret, phc)).toEqual({ ok: true });
  expect(await passwords.verify('another password!', phc)).toEqual({ ok: false });
  expect(await passwords.verifyUnknown(secret)).toEqual({ ok: false });
});

test('without the key nobody can check a hash: neither without its id, nor under the id of another key [AU-09]', async () => {
  await using app = await withKeys(1);
  const phc = await app.get(Passwords).hash(secret);
  await using plain = await startAuth();
  expect(await plain.get(Passwords).verify(secret, phc.replace(/,keyid=[^$]+/, ''))).toEqual({ ok: false });
  await using other = await withKeys(2);
  const otherId = /keyid=([^$]+)/.exec(await other.get(Passwords).hash(secret))![1]!;
  expect(await other.get(Passwords).verify(secret, phc.replace(/keyid=[^$]+/, `keyid=${otherId}`))).toEqual({ ok: false });
});

test('a hash of a former pepper, or of none, is replaced at sign-in by one of the current [AU-09]', async () => {
  await using before = await withKeys(1);
  const old = await before.get(Passwords).hash(secret);
  await using app = await withKeys(2, 1);
  const passwords = app.get(Passwords);
  for (const stored of [old, await otherHash(secret, { memoryCost: 19_456, timeCost: 2 })]) {
    const check = await passwords.verify(secret, stored);
    expect(check.ok).toBe(true);
    expect(await passwords.verify(secret, check.rehash!)).toEqual({ ok: true });
    expect(await passwords.verify('another password!', stored)).toEqual({ ok: false });
    await using after = await withKeys(2);
    expect(await after.get(Passwords).verify(secret, check.rehash!)).toEqual({ ok: true });
  }
});

test('a hash whose key is gone is an error of the application that names the key id, and nothing of the hash', async () => {
  await using before = await withKeys(1);
  const old = await before.get(Passwords).hash(secret);
  for (const app of [await withKeys(2), await startAuth()]) {
    const error: unknown = await app
      .get(Passwords)
      .verify(secret, old)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'AUTH_PASSWORD_PEPPER', kind: 'internal' });
    expect(JSON.stringify(error)).not.toContain(old.split('$').at(-1));
    await app.stop();
  }
});

test('a pepper from APP_KEY follows its rotation', async () => {
  const start = (key: string) => startAuth({ passwords: { pepper: 'app-key' } }, { env: { APP_KEY: key } });
  await using before = await start(appKey(1));
  const old = await before.get(Passwords).hash(secret);
  await using app = await start(`${appKey(2)},${appKey(1)}`);
  expect(await app.get(Passwords).verify(secret, old)).toEqual({ ok: true, rehash: expect.stringContaining('keyid=') });
});

test('keys of a pepper that are no keys are refused where they are written, and not printed', () => {
  for (const pepper of [[], ['c2hvcnQ='], [appKey(1), new Secret('dG9vIHNob3J0IGEga2V5')]]) {
    let error: unknown;
    try {
      AuthModule.with({ passwords: { pepper } });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'AUTH_OPTIONS', message: expect.stringContaining('passwords.pepper') });
    expect(JSON.stringify(error)).not.toMatch(/c2hvcnQ|dG9vIHN/);
  }
});
