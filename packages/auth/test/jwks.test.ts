import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { Secret } from '@plinth/core';
import { HttpModule, inject } from '@plinth/http';
import { createFetch } from '@plinth/http/fetch';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { PublicKeys, publishJwks, RemoteTokens, Tokens, type AuthOptions, type TokenKey } from '@plinth/auth';
import { startIssuer } from './issuer-support.js';
import { startTokens, StillClock } from './token-support.js';

const pair = (kind: 'ed25519' | 'P-256' = 'ed25519'): { privateKey: string; publicKey: string } => {
  const { privateKey, publicKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
};
const at = (clock: StillClock, seconds: number): Date => new Date(clock.now() + seconds * 1_000);
const start = (keys: readonly TokenKey[], clock = new StillClock(), more: AuthOptions['tokens'] = {}) =>
  startTokens({ tokens: { ...more, keys } }, { clock, module: { imports: [HttpModule.with({})], routes: [publishJwks()] } });
const headerOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as Record<string, unknown>;
const invalid = { code: 'AUTH_TOKEN_INVALID' };

test('public keys are published for anybody, with a time to keep them, and nothing of a private one [AU-05]', async () => {
  const [ed, ec, only] = [pair(), pair('P-256'), pair()];
  await using app = await start([{ privateKey: ed.privateKey, id: 'one' }, { privateKey: ec.privateKey }, { publicKey: only.publicKey }]);
  const answer = await inject(app, { url: '/.well-known/jwks.json' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/jwk-set+json');
  expect(answer.headers['cache-control']).toBe('public, max-age=300');
  const { keys } = answer.json() as { keys: Record<string, unknown>[] };
  expect(keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: 'one', use: 'sig', alg: 'EdDSA' },
    { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), kid: expect.any(String), use: 'sig', alg: 'ES256' },
    { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), use: 'sig', alg: 'EdDSA' },
  ]);
  expect(JSON.stringify(keys)).not.toContain('"d"');
});

test('whoever has the published keys can verify our tokens [AU-05]', async () => {
  const clock = new StillClock();
  await using app = await start([{ privateKey: pair().privateKey }], clock, { issuer: 'https://id.example', audience: 'shop' });
  const keySet = (await inject(app, { url: '/.well-known/jwks.json' })).json() as JSONWebKeySet;
  const { token } = await app.get(Tokens).sign('7');
  const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), {
    issuer: 'https://id.example',
    audience: 'shop',
    currentDate: clock.date(),
  });
  expect(payload.sub).toBe('7');
});

test('another Plinth service verifies our tokens from what we publish [AU-05]', async () => {
  const clock = new StillClock();
  await using issuer = await startIssuer([]);
  await using app = await start([{ privateKey: pair('P-256').privateKey }], clock, { issuer: issuer.url, audience: 'shop' });
  issuer.pages.set('/jwks', (await inject(app, { url: '/.well-known/jwks.json' })).json());
  const { fetch, close } = createFetch({ allowPrivate: ['127.0.0.1'], ports: [issuer.port] });
  const tokens = new RemoteTokens({ issuer: issuer.url, audience: 'shop' }, fetch, clock);
  expect(await tokens.verify((await app.get(Tokens).sign('7')).token)).toMatchObject({ subject: '7' });
  await close();
});

test('the next key is published and verifies before it signs, and the former one until it is retired [AU-05]', async () => {
  const clock = new StillClock();
  const [former, next] = [pair(), pair()];
  const keys: TokenKey[] = [
    { privateKey: former.privateKey, id: 'former', retiredFrom: at(clock, 2_000) },
    { privateKey: next.privateKey, id: 'next', signsFrom: at(clock, 1_000) },
  ];
  await using app = await start(keys, clock);
  const tokens = app.get(Tokens);
  const published = async (): Promise<unknown[]> =>
    ((await inject(app, { url: '/.well-known/jwks.json' })).json() as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  expect(await published()).toEqual(['former', 'next']);
  const first = await tokens.sign('7');
  expect(headerOf(first.token)['kid']).toBe('former');
  clock.forward(1_000);
  const second = await tokens.sign('7');
  expect(headerOf(second.token)['kid']).toBe('next');
  clock.forward(999);
  const late = forge(former.privateKey, 'former', second.token, clock);
  expect(await tokens.verify(late)).toMatchObject({ subject: '7' });
  clock.forward(1);
  expect(await published()).toEqual(['next']);
  await expect(tokens.verify(late)).rejects.toMatchObject(invalid);
  expect(await tokens.verify((await tokens.sign('7')).token)).toMatchObject({ subject: '7' });
});

test('without times the first key that can sign does; when all are retired nobody signs [AU-05]', async () => {
  const clock = new StillClock();
  await using app = await start([
    { publicKey: pair().publicKey, id: 'a' },
    { privateKey: pair().privateKey, id: 'b' },
    { privateKey: pair().privateKey, id: 'c' },
  ]);
  expect(headerOf((await app.get(Tokens).sign('7')).token)['kid']).toBe('b');
  await using over = await start([{ privateKey: pair().privateKey, retiredFrom: at(clock, 0) }], clock);
  await expect(over.get(Tokens).sign('7')).rejects.toMatchObject({ code: 'AUTH_OPTIONS' });
});

test('keys with the same id, with an empty or odd one, or with no valid date stop the start [AU-05]', async () => {
  const { privateKey, publicKey } = pair();
  for (const keys of [
    [
      { privateKey, id: 'a' },
      { privateKey: pair().privateKey, id: 'a' },
    ],
    [{ privateKey }, { publicKey }],
    [{ privateKey, id: '' }],
    [{ privateKey, id: 'a b' }],
    [{ privateKey, id: 'x'.repeat(201) }],
    [{ privateKey, signsFrom: new Date('never') }],
    [{ privateKey, retiredFrom: new Date(Number.NaN) }],
  ]) {
    const error: unknown = await start(keys).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('AUTH_TOKEN_KEY');
  }
});

test('a private key may come as a Secret, which nobody prints', async () => {
  await using app = await start([{ privateKey: new Secret(pair().privateKey), id: 's' }]);
  expect(headerOf((await app.get(Tokens).sign('7')).token)['kid']).toBe('s');
});

test('a secret is never published: without key pairs the start is refused', async () => {
  const module = { imports: [HttpModule.with({})], routes: [publishJwks()] };
  const error: unknown = await startTokens({}, { module }).catch((thrown: unknown) => thrown);
  expect(String(error)).toContain('publishing keys needs key pairs');
  expect(() => publishJwks({ maxAge: -1 })).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
});

test('a PEM with blanks around it is the same key, and never a secret [AU-05]', async () => {
  const { privateKey, publicKey } = pair();
  for (const key of [{ privateKey: `\n ${privateKey}\n\n` }, { publicKey: ` ${publicKey} ` }]) {
    const started = await start([key]).catch((thrown: unknown) => thrown);
    if (started instanceof Error) {
      expect(String(started)).toContain('AUTH_TOKEN_KEY');
      continue;
    }
    const app = started as Awaited<ReturnType<typeof start>>;
    expect(app.get(PublicKeys).keySet().keys).toMatchObject([{ alg: 'EdDSA' }]);
    await app.stop();
  }
});

test('of our own tokens none is taken that is for two audiences, or whose header says more [AU-05]', async () => {
  const clock = new StillClock();
  const { privateKey } = pair();
  await using app = await start([{ privateKey, id: 'k' }], clock, { issuer: 'i', audience: 'a' });
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  expect(await tokens.verify(forge(privateKey, 'k', token, clock))).toMatchObject({ subject: '7' });
  expect(await tokens.verify(forge(privateKey, 'k', token, clock, { aud: ['a'] }))).toMatchObject({ subject: '7' });
  for (const claims of [{ aud: ['a', 'b'] }, { aud: ['a', ''] }, { aud: [] }, { aud: 'b' }, { aud: { a: 1 } }])
    await expect(tokens.verify(forge(privateKey, 'k', token, clock, claims)), JSON.stringify(claims)).rejects.toMatchObject(invalid);
  for (const header of [
    { b64: false },
    { b64: true },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { kid: '' },
    { alg: 'ES256' },
    { alg: 'none' },
  ])
    await expect(tokens.verify(forge(privateKey, 'k', token, clock, {}, header)), JSON.stringify(header)).rejects.toMatchObject(invalid);
  for (const header of [{ jku: 'https://evil.example' }, { x5u: 'https://evil.example' }, { jwk: { kty: 'OKP' } }, { cty: 'x' }])
    expect(await tokens.verify(forge(privateKey, 'k', token, clock, {}, header))).toMatchObject({ subject: '7' });
});

/** A token as `like`, with other claims or another header, rightly signed. */
function forge(pem: string, kid: string, like: string, clock: StillClock, claims: object = {}, header: object = {}): string {
  const payload = JSON.parse(Buffer.from(like.split('.')[1]!, 'base64url').toString()) as object;
  const iat = clock.now() / 1_000;
  const parts = [
    { alg: 'EdDSA', typ: 'at+jwt', kid, ...header },
    { ...payload, iat, exp: iat + 600, ...claims },
  ];
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign(null, Buffer.from(input), createPrivateKey(pem)).toString('base64url')}`;
}
