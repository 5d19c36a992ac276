import { createHmac, createPublicKey } from 'node:crypto';
import type { App, ModuleOptions } from '@plinth/core';
import { guarded, HttpModule, inject, type InjectResponse } from '@plinth/http';
import { createFetch, FETCH, FetchModule } from '@plinth/http/fetch';
import { expect, test } from 'vitest';
import { remoteTokens, RemoteTokens, scopes, type RemoteGuardOptions, type RemoteTokenOptions } from '@plinth/auth';
import { issue, issuerKey, startIssuer, type TestIssuer } from './issuer-support.js';
import { startTokens, StillClock } from './token-support.js';

const AUDIENCE = 'https://api.example.com';
const clock = new StillClock();
const now = clock.now() / 1_000;
const claimsOf = ({ url }: TestIssuer, change: Record<string, unknown> = {}): Record<string, unknown> => {
  const claims = { iss: url, aud: AUDIENCE, sub: 'user 1', iat: now, exp: now + 600, jti: 'j', client_id: 'c', ...change };
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
};
const invalid = { code: 'AUTH_TOKEN_INVALID', kind: 'unauthenticated' };
const unavailable = { code: 'AUTH_ISSUER_UNAVAILABLE', kind: 'unavailable' };

/** A verifier whose requests may reach this machine. */
const verifierOf = (issuer: TestIssuer, options: Partial<RemoteTokenOptions> = {}, own = new StillClock()) => {
  const { fetch, close } = createFetch({ allowPrivate: ['127.0.0.1'], ports: [issuer.port], retry: false });
  return {
    tokens: new RemoteTokens({ issuer: issuer.url, audience: AUDIENCE, ...options }, fetch, own),
    clock: own,
    [Symbol.asyncDispose]: close,
  };
};

test('a token of another issuer is verified with the keys that its metadata lead to [AU-05]', async () => {
  for (const alg of ['EdDSA', 'ES256'] as const) {
    const key = issuerKey('k', alg);
    await using issuer = await startIssuer([key]);
    await using verifier = verifierOf(issuer);
    const token = await issue(key, claimsOf(issuer, { scope: 'a b' }));
    expect(await verifier.tokens.verify(token)).toEqual({
      issuer: issuer.url,
      subject: 'user 1',
      tokenId: 'j',
      issuedAt: new Date(now * 1_000),
      expiresAt: new Date((now + 600) * 1_000),
      claims: { client_id: 'c', scope: 'a b' },
    });
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
    await verifier.tokens.verify(token);
    expect(issuer.requests).toHaveLength(2);
  }
});

test('metadata are found where RFC 8414 puts them, and not used when they are those of another issuer', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  const [path, url] = ['/tenant', `${issuer.url}/tenant`];
  issuer.pages.set(`/.well-known/oauth-authorization-server${path}`, { issuer: url, jwks_uri: `${issuer.url}/jwks` });
  await using verifier = verifierOf(issuer, { issuer: url });
  expect(await verifier.tokens.verify(await issue(key, claimsOf(issuer, { iss: url })))).toMatchObject({ issuer: url });
  for (const metadata of [
    { issuer: 'https://evil.example', jwks_uri: `${issuer.url}/jwks` },
    { issuer: issuer.url, jwks_uri: 'http://10.0.0.1/jwks' },
    { issuer: issuer.url },
    [],
  ]) {
    issuer.pages.set('/.well-known/openid-configuration', metadata);
    await using other = verifierOf(issuer);
    await expect(other.tokens.verify(await issue(key, claimsOf(issuer)))).rejects.toMatchObject(unavailable);
  }
});

test('RSA is taken only where it is asked for, and only with 2,048 bits or more [AU-05]', async () => {
  const key = issuerKey('k', 'RS256');
  const short = issuerKey('short', 'RS256', 1_024);
  await using issuer = await startIssuer([key, short]);
  await using strict = verifierOf(issuer);
  await using lenient = verifierOf(issuer, { algorithms: ['RS256'] });
  const token = await issue(key, claimsOf(issuer));
  await expect(strict.tokens.verify(token)).rejects.toMatchObject(invalid);
  expect(await lenient.tokens.verify(token)).toMatchObject({ subject: 'user 1' });
  // The signing library refuses the short key too, so the token is signed by hand.
  const { sign } = await import('node:crypto');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'RS256', typ: 'at+jwt', kid: 'short' })}.${encode(claimsOf(issuer))}`;
  await expect(
    lenient.tokens.verify(`${input}.${sign('sha256', Buffer.from(input), short.privateKey).toString('base64url')}`),
  ).rejects.toMatchObject(invalid);
});

test('RS256 to HS256 confusion: the public key is no secret, in any spelling [AU-05]', async () => {
  const key = issuerKey('k', 'RS256');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer, { algorithms: ['RS256', 'EdDSA'] });
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const publicKey = createPublicKey(key.privateKey);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const secrets = [
    pem,
    ` ${pem}`,
    pem.trim(),
    publicKey.export({ type: 'spki', format: 'der' }),
    JSON.stringify(key.jwk),
    String(key.jwk['n']),
  ];
  for (const alg of ['HS256', 'hs256', 'HS512'])
    for (const secret of secrets) {
      const input = `${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${encode(claimsOf(issuer))}`;
      const forged = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      await expect(verifier.tokens.verify(forged)).rejects.toMatchObject(invalid);
    }
  for (const alg of ['none', 'None', 'NONE', '', 'RS384'])
    await expect(verifier.tokens.verify(`${encode({ alg, typ: 'at+jwt', kid: 'k' })}.${encode(claimsOf(issuer))}.`)).rejects.toMatchObject(
      invalid,
    );
});

test('a symmetric key in the key set verifies nothing [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key], {
    '/jwks': { keys: [key.jwk, { kty: 'oct', kid: 'o', k: Buffer.alloc(32).toString('base64url') }] },
  });
  await using verifier = verifierOf(issuer);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'o' })}.${encode(claimsOf(issuer))}`;
  await expect(
    verifier.tokens.verify(`${input}.${createHmac('sha256', Buffer.alloc(32)).update(input).digest('base64url')}`),
  ).rejects.toMatchObject(invalid);
});

test('the header chooses a key by its id and brings none: jwk, jku, x5u and x5c are not read [AU-05]', async () => {
  const [key, own] = [issuerKey('k'), issuerKey('own')];
  await using issuer = await startIssuer([key]);
  await using thief = await startIssuer([own]);
  await using verifier = verifierOf(issuer);
  const jwk = own.jwk as { kty: string };
  for (const header of [
    { jwk },
    { jku: `${thief.url}/jwks` },
    { x5u: `${thief.url}/jwks` },
    { x5c: ['MIIB'] },
    { jku: `${thief.url}/jwks`, kid: 'own' },
  ])
    await expect(verifier.tokens.verify(await issue(own, claimsOf(issuer), { kid: 'k', ...header }))).rejects.toMatchObject(invalid);
  expect(thief.requests).toEqual([]);
  // On a token that is signed by the right key they change nothing.
  expect(await verifier.tokens.verify(await issue(key, claimsOf(issuer), { jku: `${thief.url}/jwks` }))).toMatchObject({
    subject: 'user 1',
  });
});

test('a key id is a name and nothing else: no path, no SQL, no prototype, no file [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer);
  for (const kid of [
    '',
    '../../../../dev/null',
    '/dev/null',
    `' or 1=1; --`,
    '__proto__',
    'constructor',
    'k\0',
    'K',
    ' k',
    'x'.repeat(4_000),
    0,
    null,
    {},
    ['k'],
  ])
    await expect(
      verifier.tokens.verify(await issue(key, claimsOf(issuer), { kid: kid as string }).catch(() => 'a.b.c')),
    ).rejects.toMatchObject(invalid);
  const keyless = issuerKey(undefined);
  issuer.pages.set('/jwks', { keys: [keyless.jwk] });
  await using other = verifierOf(issuer);
  // Without an id the only key that fits is meant; of several nobody knows.
  expect(await other.tokens.verify(await issue(keyless, claimsOf(issuer)))).toMatchObject({ subject: 'user 1' });
});

test('of two keys with the same id none is taken [AU-05]', async () => {
  const [key, other] = [issuerKey('k'), issuerKey('k')];
  await using issuer = await startIssuer([key, other]);
  await using verifier = verifierOf(issuer);
  await expect(verifier.tokens.verify(await issue(key, claimsOf(issuer)))).rejects.toMatchObject(invalid);
});

test('a token that asks for an extension is refused: crit, b64 [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer);
  const { sign } = await import('node:crypto');
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  for (const header of [{ crit: ['exp'] }, { crit: ['b64'], b64: false }, { b64: false }, { crit: ['b64'], b64: true }, { crit: [] }]) {
    const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: 'k', ...header })}.${encode(claimsOf(issuer))}`;
    const token = `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`;
    await expect(verifier.tokens.verify(token), JSON.stringify(header)).rejects.toMatchObject(invalid);
  }
});

test('every claim is demanded, and of the right kind [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer);
  for (const change of [
    { iss: undefined },
    { iss: `${issuer.url}/` },
    { iss: 'https://evil.example' },
    { aud: undefined },
    { aud: 'https://other.example' },
    { aud: [] },
    { aud: [AUDIENCE, 'https://other.example'] },
    { aud: `${AUDIENCE}/` },
    { sub: undefined },
    { sub: '' },
    { sub: 7 },
    { iat: undefined },
    { iat: now + 31 },
    { iat: 'now' },
    { exp: undefined },
    { exp: 'never' },
    { exp: Number.MAX_VALUE, iat: now + 100 },
    { nbf: now + 31 },
    { jti: 7 },
  ])
    await expect(verifier.tokens.verify(await issue(key, claimsOf(issuer, change))), JSON.stringify(change)).rejects.toMatchObject(invalid);
  await expect(verifier.tokens.verify(await issue(key, claimsOf(issuer, { exp: now - 31 })))).rejects.toMatchObject({
    code: 'AUTH_TOKEN_EXPIRED',
  });
  for (const typ of ['JWT', 'id+jwt', '', undefined])
    await expect(verifier.tokens.verify(await issue(key, claimsOf(issuer), { typ }))).rejects.toMatchObject(invalid);
  for (const change of [{ jti: undefined }, { aud: [AUDIENCE] }, { exp: now - 29 }, { iat: now + 29 }])
    expect(await verifier.tokens.verify(await issue(key, claimsOf(issuer, change)))).toMatchObject({ subject: 'user 1' });
});

test('what issuers do differently can be said: the type, other audiences [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer, {
    type: 'JWT',
    otherAudiences: ['https://id.example/userinfo'],
    jwksUrl: `${issuer.url}/jwks`,
  });
  const token = (aud: string[]): Promise<string> => issue(key, claimsOf(issuer, { aud }), { typ: 'JWT' });
  expect(await verifier.tokens.verify(await token([AUDIENCE, 'https://id.example/userinfo']))).toMatchObject({ subject: 'user 1' });
  await expect(verifier.tokens.verify(await token(['https://id.example/userinfo']))).rejects.toMatchObject(invalid);
  expect(issuer.requests).toEqual(['/jwks']);
});

test('a new key of the issuer is fetched when a token names it, at most every 30 seconds [AU-05]', async () => {
  const [old, next] = [issuerKey('old'), issuerKey('next')];
  await using issuer = await startIssuer([old]);
  await using verifier = verifierOf(issuer, { jwksUrl: `${issuer.url}/jwks` });
  await verifier.tokens.verify(await issue(old, claimsOf(issuer)));
  issuer.pages.set('/jwks', { keys: [old.jwk, next.jwk] });
  await expect(verifier.tokens.verify(await issue(next, claimsOf(issuer)))).rejects.toMatchObject(invalid);
  verifier.clock.forward(30);
  const token = await issue(next, claimsOf(issuer));
  await Promise.all(Array.from({ length: 20 }, () => verifier.tokens.verify(token)));
  expect(issuer.requests).toHaveLength(2);
  const invented = await Promise.all(
    Array.from({ length: 20 }, (_each, index) => issue(next, claimsOf(issuer), { kid: `invented ${index}` })),
  );
  verifier.clock.forward(30);
  await Promise.allSettled(invented.map((each) => verifier.tokens.verify(each)));
  expect(issuer.requests).toHaveLength(3);
});

test('a key that the issuer takes away stops verifying when the keys are fetched again [AU-05]', async () => {
  const [old, next] = [issuerKey('old'), issuerKey('next')];
  await using issuer = await startIssuer([old]);
  await using verifier = verifierOf(issuer);
  const token = await issue(old, claimsOf(issuer, { exp: now + 10_000 }));
  await verifier.tokens.verify(token);
  issuer.pages.set('/jwks', { keys: [next.jwk] });
  verifier.clock.forward(600);
  await expect(verifier.tokens.verify(token)).rejects.toMatchObject(invalid);
});

test('while the issuer is down its keys are used on for a day, and it is not asked by each request', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  await using verifier = verifierOf(issuer, { jwksUrl: `${issuer.url}/jwks` });
  const token = await issue(key, claimsOf(issuer, { exp: now + 1_000_000 }));
  await verifier.tokens.verify(token);
  issuer.pages.set('/jwks', (response: { writeHead(status: number): { end(): void } }) => response.writeHead(503).end());
  verifier.clock.forward(600);
  for (let request = 0; request < 5; request++) expect(await verifier.tokens.verify(token)).toMatchObject({ subject: 'user 1' });
  expect(issuer.requests).toHaveLength(2);
  verifier.clock.forward(86_400);
  await expect(verifier.tokens.verify(token)).rejects.toMatchObject(unavailable);
  issuer.pages.set('/jwks', { keys: [key.jwk] });
  verifier.clock.forward(30);
  expect(await verifier.tokens.verify(token)).toMatchObject({ subject: 'user 1' });
});

test('keys that cannot be had, or are none, are 503 and not 401', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  const token = await issue(key, claimsOf(issuer));
  for (const page of [
    {},
    [],
    { keys: {} },
    { keys: [7] },
    { keys: Array(101).fill(key.jwk) },
    { keys: [], text: 'x'.repeat(300_000) },
    'text',
  ]) {
    issuer.pages.set('/jwks', page);
    await using verifier = verifierOf(issuer);
    await expect(verifier.tokens.verify(token), JSON.stringify(page).slice(0, 40)).rejects.toMatchObject(unavailable);
  }
  // The guarded fetch refuses this machine unless it is told: an issuer's URL opens no way into the network.
  const { fetch, close } = createFetch({ retry: false });
  const error: unknown = await new RemoteTokens({ issuer: issuer.url, audience: AUDIENCE }, fetch, clock)
    .verify(token)
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ ...unavailable, cause: { code: 'HTTP_FETCH_REFUSED' } });
  await close();
});

test('a token of another issuer, or one that is too long, makes nobody fetch keys', async () => {
  await using issuer = await startIssuer([]);
  await using verifier = verifierOf(issuer);
  const key = issuerKey('k');
  for (const token of [
    await issue(key, claimsOf(issuer, { iss: 'https://evil.example' })),
    'x'.repeat(8_193),
    '',
    'a.b.c',
    '..',
    'a.b.c.d.e',
  ])
    await expect(verifier.tokens.verify(token)).rejects.toMatchObject(invalid);
  expect(issuer.requests).toEqual([]);
});

const Text = { type: 'string' } as const;
class Directory {
  findByIdentity(issuer: string, subject: string): { id: string } | undefined {
    return issuer.startsWith('http://127.0.0.1') && subject === 'user 1' ? { id: '7' } : undefined;
  }
}

test('the guard gives the token and, where it is told how, the user of this issuer and subject [AU-05]', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key]);
  const options = { issuer: issuer.url, audience: AUDIENCE, fetch: FETCH };
  const module: ModuleOptions = {
    imports: [HttpModule.with({}), FetchModule.with({ allowPrivate: ['127.0.0.1'], ports: [issuer.port], retry: false })],
    providers: [Directory],
    routes: [
      guarded(remoteTokens(options)).get('/subject', { returns: Text }, ({ accessToken }) => accessToken.subject),
      guarded(remoteTokens({ ...options, users: Directory })).get('/user', { returns: Text }, ({ user }) => user.id),
      guarded(remoteTokens(options), scopes('read')).get('/read', { returns: Text }, () => 'in'),
    ],
  };
  await using app: App = await startTokens({}, { module, clock: new StillClock() });
  const call = (url: string, token: string): Promise<InjectResponse> => inject(app, { url, headers: { authorization: `Bearer ${token}` } });
  const token = await issue(key, claimsOf(issuer, { scope: 'read' }));
  expect((await call('/subject', token)).json()).toBe('user 1');
  expect((await call('/user', token)).json()).toBe('7');
  expect((await call('/read', token)).json()).toBe('in');
  const stranger = await call('/user', await issue(key, claimsOf(issuer, { sub: 'user 2' })));
  expect([stranger.status, stranger.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
  expect((await call('/read', await issue(key, claimsOf(issuer)))).status).toBe(403);
  expect((await inject(app, { url: '/subject' })).json()).toMatchObject({ code: 'HTTP_NO_CREDENTIAL' });
  await issuer.close();
});

const PRODUCTION = { NODE_ENV: 'production', APP_HOSTS: 'api.example.com', APP_URL: 'https://api.example.com', PORT: '0' };

test('an issuer that is down is 503 for the client, which learns no more', async () => {
  const key = issuerKey('k');
  await using issuer = await startIssuer([key], { '/.well-known/openid-configuration': undefined });
  const module: ModuleOptions = {
    imports: [HttpModule.with({}), FetchModule.with({ allowPrivate: ['127.0.0.1'], ports: [issuer.port], retry: false })],
    routes: [guarded(remoteTokens({ issuer: issuer.url, audience: AUDIENCE, fetch: FETCH })).get('/', { returns: Text }, () => 'in')],
  };
  await using app: App = await startTokens({}, { module, env: PRODUCTION, clock: new StillClock() });
  const answer = await inject(app, {
    url: '/',
    headers: { host: 'api.example.com', authorization: `Bearer ${await issue(key, claimsOf(issuer))}` },
  });
  expect(answer.status).toBe(503);
  expect(answer.text()).not.toContain('404');
});

test('options that would weaken the check are refused where they are written', () => {
  const good = { issuer: 'https://id.example', audience: 'a', fetch: FETCH };
  for (const wrong of [
    { issuer: 'http://id.example' },
    { issuer: 'id.example' },
    { issuer: 'https://id.example?x=1' },
    { audience: '' },
    { jwksUrl: 'http://id.example/jwks' },
    { jwksUrl: 'nothing' },
    { algorithms: [] },
    { algorithms: ['HS256'] },
    { algorithms: ['none'] },
    { type: '' },
    { leeway: 301 },
    { cacheFor: 0 },
    { cooldown: 0 },
  ])
    expect(() => remoteTokens({ ...good, ...wrong } as RemoteGuardOptions), JSON.stringify(wrong)).toThrow(
      expect.objectContaining({ code: 'AUTH_REMOTE_OPTIONS' }),
    );
});
