import { createHmac, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { Tokens } from '@plinth/auth';
import { appKey, startAuth, StillClock } from './support.js';

const pem = (kind: 'ed25519' | 'P-256' | 'P-384'): { privateKey: string; publicKey: string } => {
  const { privateKey, publicKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
};
const decode = (token: string): [header: Record<string, unknown>, payload: Record<string, unknown>] => {
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString() || 'null') as Record<string, unknown>);
  return [header!, payload!];
};
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = { code: 'AUTH_TOKEN_INVALID', kind: 'unauthenticated' };

test('a token names its issuer, audience, subject, times and id, and is of the type at+jwt [AU-05]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({ tokens: { issuer: 'https://api.example', audience: 'shop', lifetime: 300 } }, { clock });
  const issued = await app.get(Tokens).sign('user 1', { plan: 'pro' });
  const [header, payload] = decode(issued.token);
  const now = clock.now() / 1_000;
  expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: expect.any(String) });
  expect(payload).toEqual({
    iss: 'https://api.example',
    aud: 'shop',
    sub: 'user 1',
    iat: now,
    exp: now + 300,
    jti: issued.tokenId,
    plan: 'pro',
  });
  expect(await app.get(Tokens).verify(issued.token)).toEqual({
    subject: 'user 1',
    tokenId: issued.tokenId,
    issuedAt: clock.date(),
    expiresAt: issued.expiresAt,
    claims: { plan: 'pro' },
  });
});

test('with Ed25519 or P-256 keys tokens are EdDSA or ES256, and a public key alone verifies them [AU-05]', async () => {
  for (const [kind, alg] of [
    ['ed25519', 'EdDSA'],
    ['P-256', 'ES256'],
  ] as const) {
    const { privateKey, publicKey } = pem(kind);
    await using issuer = await startAuth({ tokens: { keys: [{ privateKey }] } });
    await using verifier = await startAuth({ tokens: { keys: [{ publicKey }] } });
    const { token } = await issuer.get(Tokens).sign('7');
    expect(decode(token)[0]).toMatchObject({ alg });
    expect(await verifier.get(Tokens).verify(token)).toMatchObject({ subject: '7' });
    await expect(verifier.get(Tokens).sign('7')).rejects.toMatchObject({ code: 'AUTH_OPTIONS' });
  }
});

test('a token expires after its lifetime and thirty seconds of leeway, and says so [AU-05]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock });
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  clock.forward(629);
  expect(await tokens.verify(token)).toMatchObject({ subject: '7' });
  clock.forward(2);
  await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED', kind: 'unauthenticated' });
});

test('a token from the future is refused [AU-05]', async () => {
  const [ahead, clock] = [new StillClock(), new StillClock()];
  ahead.forward(120);
  await using issuer = await startAuth({}, { clock: ahead });
  await using app = await startAuth({}, { clock });
  const { token } = await issuer.get(Tokens).sign('7');
  await expect(app.get(Tokens).verify(token)).rejects.toMatchObject(invalid);
  clock.forward(100);
  expect(await app.get(Tokens).verify(token)).toMatchObject({ subject: '7' });
});

test('tokens of another issuer, audience or key are refused [AU-05]', async () => {
  await using app = await startAuth({ tokens: { issuer: 'a', audience: 'b' } });
  for (const [options, key] of [
    [{ issuer: 'x', audience: 'b' }, 1],
    [{ issuer: 'a', audience: 'x' }, 1],
    [{ issuer: 'a', audience: 'b' }, 2],
  ] as const) {
    await using other = await startAuth({ tokens: options }, { env: { APP_KEY: appKey(key) } });
    const { token } = await other.get(Tokens).sign('7');
    await expect(app.get(Tokens).verify(token)).rejects.toMatchObject(invalid);
  }
});

test('an older APP_KEY that is still listed verifies but no longer signs [AU-05]', async () => {
  await using before = await startAuth({}, { env: { APP_KEY: appKey(1) } });
  await using after = await startAuth({}, { env: { APP_KEY: `${appKey(2)},${appKey(1)}` } });
  const old = await before.get(Tokens).sign('7');
  expect(await after.get(Tokens).verify(old.token)).toMatchObject({ subject: '7' });
  const fresh = await after.get(Tokens).sign('7');
  await expect(before.get(Tokens).verify(fresh.token)).rejects.toMatchObject(invalid);
});

test('no algorithm but that of the key is taken: not none, not HS256 with the public key as secret [AU-05]', async () => {
  const { privateKey, publicKey } = pem('ed25519');
  await using app = await startAuth({ tokens: { keys: [{ privateKey }] } });
  const tokens = app.get(Tokens);
  const [header, payload] = decode((await tokens.sign('7')).token);
  const none = `${encode({ ...header, alg: 'none' })}.${encode(payload)}.`;
  const input = `${encode({ ...header, alg: 'HS256' })}.${encode(payload)}`;
  const confused = `${input}.${createHmac('sha256', publicKey).update(input).digest('base64url')}`;
  for (const forged of [none, none.slice(0, -1), confused]) await expect(tokens.verify(forged)).rejects.toMatchObject(invalid);
});

test('a header cannot bring its own key, name an unknown one, or ask for critical extensions [AU-05]', async () => {
  await using app = await startAuth();
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  const [header, payload] = decode(token);
  const secret = Buffer.alloc(32, 9);
  const sign = (changed: object): string => {
    const input = `${encode(changed)}.${encode(payload)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  const jwk = { kty: 'oct', k: secret.toString('base64url') };
  for (const changed of [
    { ...header, jwk },
    { ...header, kid: 'x' },
    { ...header, kid: undefined },
    { ...header, kid: ['a'] },
    { ...header, kid: '__proto__' },
    { ...header, crit: ['exp'] },
  ]) {
    await expect(tokens.verify(sign(changed))).rejects.toMatchObject(invalid);
  }
});

test('a token that lacks a claim or is of another type is refused although its signature is right [AU-05]', async () => {
  const { privateKey } = pem('ed25519');
  await using app = await startAuth({ tokens: { issuer: 'i', keys: [{ privateKey }] } });
  const tokens = app.get(Tokens);
  const [header, payload] = decode((await tokens.sign('7')).token);
  const { createPrivateKey } = await import('node:crypto');
  const forge = (claims: object, typ?: string): Promise<string> =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: header['kid'] as string, ...(typ !== undefined && { typ }) })
      .sign(createPrivateKey(privateKey));
  expect(await tokens.verify(await forge(payload, 'at+jwt'))).toMatchObject({ subject: '7' });
  for (const typ of [undefined, 'JWT', 'logout+jwt']) await expect(tokens.verify(await forge(payload, typ))).rejects.toMatchObject(invalid);
  for (const claim of ['iss', 'aud', 'sub', 'exp', 'iat', 'jti']) {
    const { [claim]: _left, ...rest } = payload;
    await expect(tokens.verify(await forge(rest, 'at+jwt')), claim).rejects.toMatchObject(invalid);
  }
  for (const wrong of [{ sub: '' }, { sub: 7 }, { exp: 'never' }, { iat: 'now' }, { jti: 1 }, { nbf: 9_999_999_999 }]) {
    await expect(tokens.verify(await forge({ ...payload, ...wrong }, 'at+jwt')), JSON.stringify(wrong)).rejects.toMatchObject(invalid);
  }
});

test('texts that are no token are refused, and those over 8 KiB before anything is decoded [AU-05]', async () => {
  await using app = await startAuth();
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  for (const text of [
    '',
    '.',
    '..',
    'a.b.c',
    `${token}x`,
    ` ${token}`,
    `${token}.x`,
    token.replace('.', '..'),
    'x'.repeat(8_193),
    `${encode(null)}.${encode(null)}.x`,
  ]) {
    await expect(tokens.verify(text), text.slice(0, 20)).rejects.toMatchObject(invalid);
  }
});

test('why a token was refused stands in the cause, never in the answer', async () => {
  await using app = await startAuth();
  const error: unknown = await app
    .get(Tokens)
    .verify('a.b.c')
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ detail: 'The access token is not valid.', cause: expect.any(Error) });
});

test('claims of yours cannot replace those of the framework', async () => {
  await using app = await startAuth();
  for (const claim of ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']) {
    await expect(app.get(Tokens).sign('7', { [claim]: 'x' })).rejects.toMatchObject({ code: 'AUTH_CLAIM_RESERVED' });
  }
});

test('keys that are unreadable or of another kind stop the start, and are not printed', async () => {
  const secretText = 'MC4CAQAwBQYDK2VwBCIEI';
  for (const key of [
    { privateKey: `-----BEGIN PRIVATE KEY-----\n${secretText}\n-----END PRIVATE KEY-----` },
    { privateKey: pem('P-384').privateKey },
    {},
  ]) {
    const error: unknown = await startAuth({ tokens: { keys: [key] } }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('AUTH_TOKEN_KEY');
    expect(String(error)).not.toContain(secretText);
  }
});
