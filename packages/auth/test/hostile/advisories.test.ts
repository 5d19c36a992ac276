import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { Injectable, provide, provideAlias, type App, type ModuleOptions } from '@plinth/core';
import { CSRF_COOKIE, csrfToken, guarded, HttpModule, inject, post, type InjectResponse } from '@plinth/http';
import { expect, test } from 'vitest';
import {
  ApiKeys,
  bearer,
  readSessionCookie,
  remoteTokens,
  RemoteTokens,
  session,
  SESSION_COOKIE,
  sessionPending,
  Sessions,
  setSessionCookie,
  SignIns,
  Tokens,
  Totp,
  USERS,
  type AuthOptions,
  type AuthUser,
} from '@plinth/auth';
import { createFetch, FETCH, FetchModule } from '@plinth/http/fetch';
import { issue, issuerKey, startIssuer } from '../issuer-support.js';
import { startAuth, StillClock } from '../support.js';
import { codeAt } from './authenticator.js';

// Advisories of other libraries for signing in, provoked here; docs/reference/advisories.md lists them.

@Injectable({ deps: [] })
class People {
  findById(id: string): AuthUser {
    return { id };
  }
}

class Needs {
  constructor(
    readonly totp: Totp,
    readonly keys: ApiKeys,
    readonly signIns: SignIns,
  ) {}
}

const Name = { type: 'object', properties: { user: { type: 'string' } }, required: ['user'] } as const;
const NewKey = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
const text = { type: 'string' } as const;
const module: ModuleOptions = {
  imports: [HttpModule.with({ rateLimit: false, csrf: { tokens: true } })],
  providers: [People, provideAlias(USERS, People), provide(Needs, { deps: [Totp, ApiKeys, SignIns] })],
  routes: [
    guarded(session).get('/me', { returns: text }, ({ user }) => user.id),
    guarded(session).get('/page', { returns: text }, (context) => csrfToken(context)),
    guarded(session).post('/change', { returns: { 204: null } }, () => undefined),
    guarded(bearer()).get('/token', { returns: text }, ({ user }) => user.id),
    guarded(session).post(
      '/keys',
      { body: NewKey, returns: text },
      async ({ user, body }, keys) => (await keys.create({ owner: user.id, name: body.name })).key,
      {
        deps: [ApiKeys],
      },
    ),
    post(
      '/sign-in',
      { open: true, body: Name, returns: text },
      async (context, signIns) => {
        const { user } = context.body;
        const { pending } = await signIns.complete({ userId: user, name: user, methods: ['pwd'] }, context);
        return pending ? 'second-factor' : 'signed-in';
      },
      { deps: [SignIns] },
    ),
    guarded(sessionPending).post(
      '/second-step',
      { returns: { 204: null } },
      async (context, sessions) => {
        const confirmed = await sessions.confirm(readSessionCookie(context)!, { methods: ['otp'] });
        if (confirmed) setSessionCookie(context, confirmed);
      },
      { deps: [Sessions] },
    ),
  ],
};

async function start(options: AuthOptions = {}) {
  const clock = new StillClock();
  const app = await startAuth(options, { module, clock });
  return { app, clock, ...app.get(Needs), sessions: app.get(Sessions), [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

const sameOrigin = { 'sec-fetch-site': 'same-origin' };
const send = (
  app: App,
  method: string,
  url: string,
  headers: Record<string, string> = sameOrigin,
  body?: unknown,
): Promise<InjectResponse> => inject(app, { method, url, headers, ...(body !== undefined && { body: body as object }) });
const withSession = (token: string, more: Record<string, string> = sameOrigin): Record<string, string> => ({
  cookie: `${SESSION_COOKIE}=${token}`,
  ...more,
});
const cookieOf = (answer: InjectResponse, name: string): string | undefined =>
  new RegExp(`${name}=([^;]*)`).exec([answer.headers['set-cookie'] ?? ''].flat().join('\n'))?.[1];

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = { code: 'AUTH_TOKEN_INVALID' };

test('passport CVE-2022-25896, @fastify/passport CVE-2023-29019: the session before a sign-in is not the session after it', async () => {
  await using t = await start();
  const { token: planted } = await t.sessions.create('eve');
  const answer = await send(t.app, 'POST', '/sign-in', withSession(planted), { user: 'ada' });
  const token = cookieOf(answer, SESSION_COOKIE)!;
  expect(token).not.toBe(planted);
  expect((await send(t.app, 'GET', '/me', withSession(planted))).status).toBe(401);
  expect((await send(t.app, 'GET', '/me', withSession(token))).json()).toBe('ada');
});

test('@fastify/passport CVE-2023-29020: a CSRF token from before a sign-in is none after it, not even for the same user', async () => {
  await using t = await start();
  const { token: before } = await t.sessions.create('ada');
  const page = await send(t.app, 'GET', '/page', withSession(before));
  const [csrf, cookie] = [page.json() as string, cookieOf(page, CSRF_COOKIE)!];
  const change = async (token: string): Promise<number> =>
    (await send(t.app, 'POST', '/change', { cookie: `${SESSION_COOKIE}=${token}; ${CSRF_COOKIE}=${cookie}`, 'x-csrf-token': csrf })).status;
  expect(await change(before)).toBe(204);
  const rotated = await t.sessions.rotate(before);
  expect(await change(rotated!.token)).toBe(403);
  const after = cookieOf(await send(t.app, 'POST', '/sign-in', withSession(rotated!.token), { user: 'ada' }), SESSION_COOKIE)!;
  expect(await change(after)).toBe(403);
});

test('@fastify/session CVE-2024-35220: a session that has expired is over, whatever lifetime its cookie had', async () => {
  await using t = await start();
  const { token, maxAge } = await t.sessions.create('ada', { remember: true });
  expect(maxAge).toBe(30 * 86_400);
  for (let day = 0; day < 29; day += 10) {
    t.clock.forward(10 * 86_400 - 1);
    expect((await t.sessions.read(token))?.userId).toBe('ada');
  }
  t.clock.forward(2 * 86_400);
  expect((await send(t.app, 'GET', '/me', withSession(token))).status).toBe(401);
  expect(await t.sessions.list('ada')).toEqual([]);
});

test('@fastify/secure-session CVE-2024-31999: the cookie of a session that was ended opens nothing, however it is sent again', async () => {
  await using t = await start();
  const { token, session: made } = await t.sessions.create('ada', { remember: true });
  await t.sessions.revoke('ada', made.id);
  for (const cookie of [`${SESSION_COOKIE}=${token}`, `${SESSION_COOKIE}="${token}"`, `a=b; ${SESSION_COOKIE}=${token}; c=d`])
    expect((await send(t.app, 'GET', '/me', { cookie, ...sameOrigin })).status).toBe(401);
  expect(await t.sessions.rotate(token)).toBeUndefined();
});

test('better-auth CVE-2025-61928: whose an API key is says the session, never the body of the request', async () => {
  await using t = await start();
  expect((await send(t.app, 'POST', '/keys', sameOrigin, { name: 'x', userId: 'ada', owner: 'ada' })).status).toBe(401);
  const { token } = await t.sessions.create('eve');
  for (const more of [{ userId: 'ada' }, { owner: 'ada' }, { user: { id: 'ada' } }])
    expect((await send(t.app, 'POST', '/keys', withSession(token), { name: 'x', ...more })).status, JSON.stringify(more)).toBe(422);
  const made = await send(t.app, 'POST', '/keys', withSession(token), { name: 'x' });
  expect((await t.keys.verify(made.json() as string)).owner).toBe('eve');
  expect(await t.keys.list('ada')).toEqual([]);
});

test('better-auth GHSA-xg6x-h9c9-2m83: a sign-in that waits for its second factor is nowhere kept as complete', async () => {
  await using t = await start();
  const { secret } = await t.totp.enrol('ada', 'ada@example.com');
  await t.totp.confirm('ada', codeAt(secret, t.clock.now()));
  const answer = await send(t.app, 'POST', '/sign-in', sameOrigin, { user: 'ada' });
  expect(answer.json()).toBe('second-factor');
  const token = cookieOf(answer, SESSION_COOKIE)!;
  // Asked again and again, with what it has sent, and with the cookie of the device.
  for (let round = 0; round < 3; round++) {
    const asked = await send(t.app, 'GET', '/me', withSession(token));
    expect([asked.status, (asked.json() as { code: string }).code]).toEqual([403, 'AUTH_SECOND_FACTOR_NEEDED']);
    expect((await send(t.app, 'POST', '/keys', withSession(token), { name: 'x' })).status).toBe(403);
    t.clock.forward(61);
  }
  expect([answer.headers['set-cookie']].flat(), 'one cookie, which says nothing of the user').toHaveLength(1);
  expect(await t.sessions.list('ada')).toEqual([]);
});

test('jsonwebtoken CVE-2022-23540, CVE-2022-23541, fast-jwt CVE-2023-48223: no algorithm is taken from the token: neither none nor HMAC with a public key', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  await using t = await start({ tokens: { keys: [{ privateKey: pem, id: 'k' }] } });
  const [, payload] = (await t.app.get(Tokens).sign('ada')).token.split('.');
  const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
  for (const alg of ['none', 'HS256', undefined]) {
    const input = `${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${payload}`;
    const mac = createHmac('sha256', publicPem).update(input).digest('base64url');
    for (const signature of ['', mac]) await expect(t.app.get(Tokens).verify(`${input}.${signature}`)).rejects.toMatchObject(invalid);
  }
});

test('jsonwebtoken CVE-2022-23539: keys of kinds that no algorithm of ours has stop the start', async () => {
  for (const { privateKey } of [
    generateKeyPairSync('rsa', { modulusLength: 1_024 }),
    generateKeyPairSync('dsa', { modulusLength: 1_024, divisorLength: 160 }),
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    generateKeyPairSync('ec', { namedCurve: 'secp384r1' }),
    generateKeyPairSync('x25519'),
  ]) {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const error: unknown = await startAuth({ tokens: { keys: [{ privateKey: pem }] } }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('AUTH_TOKEN_KEY');
  }
});

test('fast-jwt CVE-2026-34950: a public key with blanks before its PEM is a key pair and no secret', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const good = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  for (const blank of [' ', '\n', '\t', '\r\n', '\ufeff', '\u00a0']) {
    const started = startAuth(
      {
        tokens: {
          keys: [
            { publicKey: blank + pem, id: 'k' },
            { privateKey: good, id: 's' },
          ],
        },
      },
      { module },
    );
    const app = await started.catch((error: unknown) => {
      // Not to be read is as good.
      expect(String(error)).toContain('AUTH_TOKEN_KEY');
      return undefined;
    });
    if (app === undefined) continue;
    const tokens = app.get(Tokens);
    const [, payload] = (await tokens.sign('ada')).token.split('.');
    const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'k' })}.${payload}`;
    for (const secret of [pem, blank + pem])
      await expect(tokens.verify(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`)).rejects.toMatchObject(
        invalid,
      );
    await app.stop();
  }
});

test('fast-jwt CVE-2026-35042: a token that demands an extension is refused, though its signature is right', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  await using t = await start({ tokens: { keys: [{ privateKey: pem, id: 'k' }] } });
  const [, payload] = (await t.app.get(Tokens).sign('ada')).token.split('.');
  const signed = (header: object): string => {
    const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k', ...header })}.${payload}`;
    return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
  };
  expect(await t.app.get(Tokens).verify(signed({}))).toMatchObject({ subject: 'ada' });
  for (const header of [{ crit: ['x-mfa'], 'x-mfa': true }, { crit: ['b64'], b64: true }, { crit: [] }, { crit: ['kid'] }, { crit: {} }])
    await expect(t.app.get(Tokens).verify(signed(header)), JSON.stringify(header)).rejects.toMatchObject(invalid);
});

test('jws CVE-2025-65945: nothing of an unchecked token chooses a secret: the key id is looked up among ours and nowhere else', async () => {
  await using t = await start();
  const [header, payload] = (await t.app.get(Tokens).sign('ada')).token.split('.');
  const { kid } = JSON.parse(Buffer.from(header!, 'base64url').toString()) as { kid: string };
  for (const id of ['', '__proto__', 'constructor', `${kid}\u0000`, kid.slice(1), [kid], { [kid]: kid }, undefined])
    for (const secret of ['', String(id), 'undefined', '[object Object]', kid]) {
      const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: id })}.${payload}`;
      await expect(
        t.app.get(Tokens).verify(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`),
      ).rejects.toMatchObject(invalid);
    }
});

test('jose CVE-2024-28176, CVE-2022-36083: an encrypted token is no token: nothing is inflated and no key is derived', async () => {
  await using t = await start();
  const bomb = deflateRawSync(Buffer.alloc(5_000_000)).toString('base64url');
  const before = performance.now();
  for (const header of [
    { alg: 'dir', enc: 'A128GCM', zip: 'DEF', typ: 'at+jwt' },
    { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2_147_483_647, p2s: 'c2FsdA', typ: 'at+jwt' },
    { alg: 'PBES2-HS256+A128KW', enc: 'A128CBC-HS256', p2c: 10_000_000, p2s: 'c2FsdA' },
  ])
    for (const jwe of [
      `${encode(header)}.AAAA.AAAAAAAAAAAAAAAA.${bomb}.AAAAAAAAAAAAAAAAAAAAAA`,
      `${encode(header)}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
    ])
      await expect(t.app.get(Tokens).verify(jwe)).rejects.toMatchObject(invalid);
  expect(performance.now() - before).toBeLessThan(500);
});

test('Hono CVE-2026-22817, CVE-2026-22818: a key without an algorithm of its own is used with those that are allowed, whatever the token says', async () => {
  const key = issuerKey('k', 'RS256');
  const { alg: _alg, use: _use, ...bare } = key.jwk as { alg?: unknown; use?: unknown };
  await using issuer = await startIssuer([], { '/jwks': { keys: [bare] } });
  const { fetch, close } = createFetch({ allowPrivate: ['127.0.0.1'], ports: [issuer.port], retry: false });
  const clock = new StillClock();
  const iat = clock.now() / 1_000;
  const claims = { iss: issuer.url, aud: 'https://api.example', sub: 'ada', iat, exp: iat + 600, jti: 'j' };
  const options = { issuer: issuer.url, audience: 'https://api.example', jwksUrl: `${issuer.url}/jwks` };
  const rsa = new RemoteTokens({ ...options, algorithms: ['RS256'] }, fetch, clock);
  expect(await rsa.verify(await issue(key, claims))).toMatchObject({ subject: 'ada' });
  const publicKey = createPublicKey(key.privateKey);
  for (const secret of [
    publicKey.export({ type: 'spki', format: 'pem' }),
    publicKey.export({ type: 'spki', format: 'der' }),
    JSON.stringify(bare),
  ])
    for (const alg of ['HS256', 'HS512', 'none', 'RS512', 'PS256']) {
      const input = `${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${encode(claims)}`;
      const mac = createHmac(alg === 'HS512' ? 'sha512' : 'sha256', secret)
        .update(input)
        .digest('base64url');
      await expect(rsa.verify(`${input}.${mac}`), alg).rejects.toMatchObject(invalid);
    }
  // RSA is not among what is allowed by default, though the key would fit.
  await expect(new RemoteTokens(options, fetch, clock).verify(await issue(key, claims))).rejects.toMatchObject(invalid);
  await close();
});

test('Hono CVE-2026-47673: a token counts under its own scheme only, with one blank after it', async () => {
  await using issuer = await startIssuer([]);
  const remote = guarded(remoteTokens({ issuer: issuer.url, audience: 'a', fetch: FETCH }));
  const routes = [...(module.routes ?? []), remote.get('/remote', { returns: text }, () => 'remote')];
  const clock = new StillClock();
  await using app = await startAuth({}, { clock, module: { ...module, routes, imports: [...(module.imports ?? []), FetchModule] } });
  const { token } = await app.get(Tokens).sign('ada');
  expect((await send(app, 'GET', '/token', { authorization: `Bearer ${token}` })).json()).toBe('ada');
  for (const scheme of ['Basic', 'Token', 'JWT', 'Digest', 'Bearerx', 'Bear', 'DPoP', 'Bearer Bearer', 'Bearer,', ''])
    for (const url of ['/token', '/remote'])
      expect((await send(app, 'GET', url, { authorization: `${scheme} ${token}` })).status, scheme).toBe(401);
  for (const authorization of [token, `Bearer  ${token}`, `Bearer\t${token}`, `Bearer ${token} x`, `Bearer=${token}`])
    expect((await send(app, 'GET', '/token', { authorization })).status, authorization.slice(0, 12)).toBe(401);
  expect(issuer.requests).toEqual([]);
});
