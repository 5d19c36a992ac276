import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { provide, type App } from '@plinth/core';
import { expect, test } from 'vitest';
import { Keyring } from '@plinth/auth';
import { appKey, startAuth } from './support.js';

class Needs {
  constructor(readonly keyring: Keyring) {}
}

const start = (...keys: readonly number[]): Promise<App> =>
  startAuth({}, { module: { providers: [provide(Needs, { deps: [Keyring] })] }, env: { APP_KEY: keys.map((key) => appKey(key)).join() } });
const cipherOf = (app: App, purpose = 'customer.iban') => app.get(Needs).keyring.cipher(purpose);
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

test('what was encrypted comes back, whatever text it is, and is never the same twice', async () => {
  await using app = await start(1);
  const cipher = cipherOf(app);
  for (const text of ['DE89370400440532013000', '', 'Grüße 👋\u0000\n', 'x'.repeat(100_000)]) {
    const ciphertext = cipher.encrypt(text, 'row 1');
    expect(ciphertext).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]{22,}$/);
    expect(cipher.decrypt(ciphertext, 'row 1')).toBe(text);
    expect(cipher.encrypt(text, 'row 1')).not.toBe(ciphertext);
  }
  const bytes = Buffer.from([0, 255, 128, 10]);
  expect(cipher.decryptBytes(cipher.encryptBytes(bytes, 'row 1'), 'row 1')).toEqual(bytes);
});

test('it is AES-256-GCM under a key that HKDF-SHA-256 derives for the purpose, with purpose and record as associated data', async () => {
  await using app = await start(1);
  const [, keyId, nonce, sealed] = cipherOf(app).encrypt('DE89370400440532013000', 'row 1').split('.');
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(appKey(1), 'base64'), Buffer.alloc(0), 'plinth:encrypt:customer.iban', 32));
  expect(createHash('sha256').update('plinth encryption key id').update(key).digest('base64url')).toMatch(new RegExp(`^${keyId}`));
  const bytes = Buffer.from(sealed!, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce!, 'base64url'));
  decipher.setAAD(Buffer.from(JSON.stringify(['v1', keyId, 'customer.iban', 'row 1'])));
  decipher.setAuthTag(bytes.subarray(-16));
  expect(decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')).toBe('DE89370400440532013000');
});

test('a ciphertext does not open for another record, nor for another purpose', async () => {
  await using app = await start(1);
  const cipher = cipherOf(app);
  const ciphertext = cipher.encrypt('DE89370400440532013000', 'row 1');
  expect(thrownBy(() => cipher.decrypt(ciphertext, 'row 2'))).toMatchObject({ code: 'AUTH_CIPHERTEXT', kind: 'internal' });
  expect(thrownBy(() => cipherOf(app, 'customer.name').decrypt(ciphertext, 'row 1'))).toMatchObject({ code: 'AUTH_CIPHERTEXT_KEY' });
});

test('purpose and record cannot be cut apart elsewhere', async () => {
  await using app = await start(1);
  const ciphertext = cipherOf(app, 'a').encrypt('x', 'b","c');
  for (const [purpose, record] of [['a","b', 'c'] as const, ['a', 'b'] as const])
    expect(thrownBy(() => cipherOf(app, purpose).decrypt(ciphertext, record))).toBeInstanceOf(Error);
});

test('a ciphertext that was edited at any place, cut or lengthened does not open', async () => {
  await using app = await start(1);
  const cipher = cipherOf(app);
  const ciphertext = cipher.encrypt('DE89370400440532013000', 'row 1');
  for (let at = 0; at < ciphertext.length; at += 1) {
    for (const other of ['A', 'B', '_', '.', '=']) {
      if (ciphertext[at] === other) continue;
      const edited = ciphertext.slice(0, at) + other + ciphertext.slice(at + 1);
      expect(
        thrownBy(() => cipher.decrypt(edited, 'row 1')),
        edited,
      ).toMatchObject({ code: expect.stringMatching(/^AUTH_CIPHERTEXT(_KEY)?$/) });
    }
    expect(thrownBy(() => cipher.decrypt(ciphertext.slice(0, at), 'row 1'))).toMatchObject({ code: 'AUTH_CIPHERTEXT' });
  }
  // The last character has bits that no byte comes from: no other text may open as the same value.
  for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
    if (!ciphertext.endsWith(last))
      expect(
        thrownBy(() => cipher.decrypt(ciphertext.slice(0, -1) + last, 'row 1')),
        last,
      ).toMatchObject({ code: 'AUTH_CIPHERTEXT' });
  for (const text of [`${ciphertext}A`, ` ${ciphertext}`, `${ciphertext}\n`, `${ciphertext}.`, `v2${ciphertext.slice(2)}`, '', 'DE8937'])
    expect(
      thrownBy(() => cipher.decrypt(text, 'row 1')),
      text,
    ).toMatchObject({ code: 'AUTH_CIPHERTEXT' });
});

test('nothing of the value, the record or the ciphertext is in an error', async () => {
  await using app = await start(1);
  const ciphertext = cipherOf(app).encrypt('DE89370400440532013000', 'row 1');
  const error = thrownBy(() => cipherOf(app).decrypt(ciphertext, 'row 2')) as Error;
  expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(new RegExp(`DE89|row [12]|${ciphertext.split('.')[3]!.slice(0, 10)}`));
});

test('a former key decrypts, and its values are encrypted anew with the current one', async () => {
  await using before = await start(1);
  const old = cipherOf(before).encrypt('DE89370400440532013000', 'row 1');
  expect(cipherOf(before).reencrypt(old, 'row 1')).toBeUndefined();
  await using app = await start(2, 1);
  const cipher = cipherOf(app);
  expect(cipher.decrypt(old, 'row 1')).toBe('DE89370400440532013000');
  expect(cipher.needsReencrypt(old)).toBe(true);
  const renewed = cipher.reencrypt(old, 'row 1')!;
  expect(cipher.needsReencrypt(renewed)).toBe(false);
  expect(renewed).toContain(`v1.${cipher.keyId}.`);
  await using after = await start(2);
  expect(cipherOf(after).decrypt(renewed, 'row 1')).toBe('DE89370400440532013000');
  const error = thrownBy(() => cipherOf(after).decrypt(old, 'row 1'));
  expect(error).toMatchObject({ code: 'AUTH_CIPHERTEXT_KEY', kind: 'internal', message: expect.stringContaining(old.split('.')[1]!) });
});

test('what could not come back as it was is not encrypted', async () => {
  await using app = await start(1);
  const cipher = cipherOf(app);
  expect(thrownBy(() => cipher.encrypt('half a pair: \ud83d', 'row 1'))).toMatchObject({ code: 'AUTH_ENCRYPT_INPUT' });
  expect(thrownBy(() => cipher.encrypt('text', ''))).toMatchObject({ code: 'AUTH_ENCRYPT_INPUT' });
  expect(thrownBy(() => cipherOf(app, ''))).toMatchObject({ code: 'CORE_KEY_PURPOSE' });
});
