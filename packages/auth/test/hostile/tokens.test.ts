import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Tokens } from '@plinth/auth';
import { startAuth, StillClock } from '../support.js';

// Signatures of other issuers are in remote-tokens.test.ts; here the tokens are our own, or mean to be.

const invalid = { code: 'AUTH_TOKEN_INVALID', kind: 'unauthenticated' };
const encode = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** An application that signs with a key that the test knows, and what forges with it or without it. */
async function start() {
  const clock = new StillClock();
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const app = await startAuth({ tokens: { issuer: 'https://me.example', keys: [{ privateKey: pem, id: 'k' }] } }, { clock });
  const tokens = app.get(Tokens);
  const { token } = await tokens.sign('7');
  const [, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
  const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'k' };
  const signed = (head: unknown, claims: unknown, key: KeyObject = createPrivateKey(pem)): string => {
    const input = `${encode(head)}.${encode(claims)}`;
    return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
  };
  const refused = async (text: string, why = text.slice(0, 60)): Promise<void> =>
    expect(tokens.verify(text), why).rejects.toMatchObject(invalid);
  return {
    tokens,
    token,
    header,
    payload: payload!,
    signed,
    refused,
    privateKey,
    clock,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

test('the public key is no secret, in whatever form it is tried: PEM, DER, raw, JWK, each with blanks around [AU-05]', async () => {
  await using t = await start();
  const key = createPublicKey(t.privateKey);
  const pem = key.export({ type: 'spki', format: 'pem' }) as string;
  const der = key.export({ type: 'spki', format: 'der' });
  const jwk = key.export({ format: 'jwk' });
  const secrets = [
    pem,
    pem.trim(),
    ` ${pem}`,
    `\n${pem}`,
    pem.replaceAll('\n', '\r\n'),
    der,
    der.subarray(-32),
    der.toString('base64'),
    JSON.stringify(jwk),
    String(jwk.x),
    Buffer.from(String(jwk.x), 'base64url'),
    'k',
    '',
  ];
  for (const alg of ['HS256', 'HS384', 'HS512'])
    for (const secret of secrets) {
      const input = `${encode({ ...t.header, alg })}.${encode(t.payload)}`;
      const hash = alg.replace('HS', 'sha');
      await t.refused(`${input}.${createHmac(hash, secret).update(input).digest('base64url')}`);
    }
  expect(await t.tokens.verify(t.signed(t.header, t.payload))).toMatchObject({ subject: '7' });
});

test('names of algorithms are compared as they stand; there is no none in any letter case [AU-05]', async () => {
  await using t = await start();
  for (const alg of [
    'none',
    'None',
    'NONE',
    'nOnE',
    ' none',
    '',
    null,
    0,
    false,
    ['EdDSA'],
    { alg: 'EdDSA' },
    'eddsa',
    'EDDSA',
    'Ed25519 ',
    'ES256',
  ]) {
    const head = { ...t.header, alg };
    await t.refused(`${encode(head)}.${encode(t.payload)}.`, `${JSON.stringify(alg)}, unsigned`);
    await t.refused(t.signed(head, t.payload), `${JSON.stringify(alg)}, signed`);
  }
  expect(await t.tokens.verify(t.token)).toMatchObject({ subject: '7' });
});

test('a header that names a place for keys makes nobody ask there, and a key that it brings is not taken [AU-05]', async () => {
  await using t = await start();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = generateKeyPairSync('ed25519');
  const jwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'EdDSA' };
  const secret = { kty: 'oct', k: randomBytes(32).toString('base64url') };
  for (const brought of [
    { jku: `${url}/jku` },
    { x5u: `${url}/x5u` },
    { jku: `${url}/jku`, kid: `${url}/kid` },
    { iss: url, kid: url },
    { jwk },
    { jwk, kid: undefined },
    { jwk: secret, alg: 'HS256' },
    { x5c: [own.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    { x5t: 'a', 'x5t#S256': 'b' },
  ])
    await t.refused(t.signed({ ...t.header, ...brought }, t.payload, own.privateKey), JSON.stringify(brought).slice(0, 40));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(asked).toEqual([]);
});

test('a key id is a name: no path, no SQL, no prototype, and none that fills the log [AU-05]', async () => {
  await using t = await start();
  const other = generateKeyPairSync('ed25519').privateKey;
  for (const kid of [
    '../../../../../../dev/null',
    'file:///dev/null',
    `k' or '1'='1`,
    'k; cat /etc/passwd',
    'k\u0000',
    'K',
    'k ',
    '\u212a',
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(5_000),
    ['k'],
    { k: 1 },
    null,
    0,
    true,
  ]) {
    await t.refused(t.signed({ ...t.header, kid }, t.payload, other), `foreign ${JSON.stringify(kid).slice(0, 20)}`);
    await t.refused(t.signed({ ...t.header, kid }, t.payload), `own ${JSON.stringify(kid).slice(0, 20)}`);
  }
  expect(await t.tokens.verify(t.token)).toMatchObject({ subject: '7' });
});

test('a member that stands twice counts once, as the last says, for whoever looks at it [AU-05]', async () => {
  await using t = await start();
  const own = generateKeyPairSync('ed25519').privateKey;
  const secret = createPublicKey(t.privateKey).export({ type: 'spki', format: 'pem' }) as string;
  const head = '"typ":"at+jwt"';
  for (const text of [
    `{"alg":"none","alg":"EdDSA","kid":"k",${head}}`,
    `{"alg":"EdDSA","alg":"none","kid":"k",${head}}`,
    `{"alg":"EdDSA","kid":"k","alg":"HS256",${head}}`,
    `{"alg":"EdDSA","kid":"other","kid":"k",${head}}`,
  ]) {
    const input = `${encode(text)}.${encode(t.payload)}`;
    await t.refused(`${input}.`);
    await t.refused(`${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`);
    await t.refused(t.signed(text, t.payload, own));
  }
  // Signed by us it can only be ours; what comes last counts, never what comes first.
  await t.refused(t.signed(`{"typ":"at+jwt","alg":"EdDSA","kid":"k","typ":"JWT"}`, t.payload));
  await t.refused(t.signed(`{"alg":"EdDSA","kid":"k",${head},"crit":[],"crit":["exp"]}`, t.payload));
  const twice = JSON.stringify(t.payload).replace('{', '{"sub":"1",');
  expect((await t.tokens.verify(t.signed(t.header, twice))).subject).toBe('7');
});

test('one token has one text: no other spelling of its signature is taken [AU-05]', async () => {
  await using t = await start();
  const [head, body, signature] = t.token.split('.') as [string, string, string];
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(signature.at(-1)!);
  // 64 bytes are 86 characters, the last of which has four bits that mean nothing.
  const neighbours = [...alphabet].filter((_letter, index) => index >> 4 === last >> 4 && index !== last);
  expect(neighbours.length).toBeGreaterThan(0);
  const spellings = [
    ...neighbours.map((letter) => signature.slice(0, -1) + letter),
    `${signature}=`,
    `${signature}==`,
    `${signature} `,
    `${signature}\n`,
    `${signature.slice(0, 10)}\t${signature.slice(10)}`,
    `${signature.slice(0, 40)}\r\n${signature.slice(40)}`,
    ` ${signature}`,
  ];
  for (const spelling of spellings) await t.refused(`${head}.${body}.${spelling}`, JSON.stringify(spelling.slice(-8)));
  for (const odd of [
    `${head}\n.${body}.${signature}`,
    `${head}.${body} .${signature}`,
    `${head}=.${body}.${signature}`,
    `${head}.${body}=.${signature}`,
  ])
    await t.refused(odd);
  expect(await t.tokens.verify(t.token)).toMatchObject({ subject: '7' });
});

test('a token has three parts: none that is empty, none more, no encryption [AU-05]', async () => {
  await using t = await start();
  const [head, body, signature] = t.token.split('.') as [string, string, string];
  for (const text of [
    `${t.token}.`,
    `.${t.token}`,
    `${head}.${body}.`,
    `${head}.${body}`,
    `${head}..${signature}`,
    `.${body}.${signature}`,
    `${t.token}.${signature}`,
    `${head}.${body}.${signature}.${head}.${body}`,
    `${encode({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })}..${encode('iv')}.${body}.${signature}`,
    JSON.stringify({ payload: body, protected: head, signature }),
    JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] }),
  ])
    await t.refused(text);
  expect(await t.tokens.verify(t.token)).toMatchObject({ subject: '7' });
});

test('b64, crit and zip are refused on tokens that are signed rightly, where they change nothing as well [AU-05]', async () => {
  await using t = await start();
  for (const more of [
    { b64: false },
    { b64: true },
    { crit: [] },
    { crit: ['b64'], b64: false },
    { crit: ['exp'] },
    { crit: 'exp' },
    { crit: null },
  ])
    await t.refused(t.signed({ ...t.header, ...more }, t.payload), JSON.stringify(more));
  const raw = `${encode({ ...t.header, b64: false, crit: ['b64'] })}.${JSON.stringify(t.payload)}`;
  await t.refused(`${raw}.${sign(null, Buffer.from(raw), t.privateKey).toString('base64url')}`);
  expect(await t.tokens.verify(t.token)).toMatchObject({ subject: '7' });
});

test('what is signed for another purpose is no access token, though the key is the same [AU-05]', async () => {
  await using t = await start();
  for (const typ of [
    'JWT',
    'id_token',
    'logout+jwt',
    'secevent+jwt',
    'dpop+jwt',
    'at-jwt',
    'at+jwt+x',
    'x/at+jwt',
    '',
    null,
    7,
    ['at+jwt'],
    undefined,
  ])
    await t.refused(t.signed({ ...t.header, typ }, t.payload), String(typ));
  // An ID token and a logout token as OpenID Connect writes them.
  const { jti: _jti, ...idToken } = { ...t.payload, nonce: 'n', at_hash: 'h' } as Record<string, unknown>;
  await t.refused(t.signed({ ...t.header, typ: 'JWT' }, idToken));
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  await t.refused(t.signed({ ...t.header, typ: 'logout+jwt' }, { ...t.payload, events }));
  // RFC 7515, 4.1.9: the same type, written at length and in any letter case.
  expect(await t.tokens.verify(t.signed({ ...t.header, typ: 'application/at+jwt' }, t.payload))).toMatchObject({ subject: '7' });
});

test('claims are of their kind and their time, with thirty seconds between clocks and no more [AU-05]', async () => {
  await using t = await start();
  const now = Math.floor(t.clock.now() / 1_000);
  const wrong: readonly Record<string, unknown>[] = [
    { iat: now + 31 },
    { nbf: now + 31 },
    { exp: now - 31, iat: now - 700 },
    { exp: String(now + 60) },
    { exp: Number.MAX_VALUE, iat: String(now) },
    { exp: null },
    { exp: true },
    { nbf: 'now' },
    { iat: null },
    { aud: 'https://other.example' },
    { aud: ['https://me.example', 'https://other.example'] },
    { aud: [] },
    { aud: {} },
    { aud: [['https://me.example']] },
    { aud: 'https://me.example/' },
    { iss: ['https://me.example'] },
    { iss: 'https://me.example.evil.example' },
    { sub: ['7'] },
    { sub: { id: '7' } },
    { sub: null },
    { jti: null },
    { jti: ['j'] },
  ];
  for (const change of wrong)
    await expect(t.tokens.verify(t.signed(t.header, { ...t.payload, ...change })), JSON.stringify(change)).rejects.toMatchObject({
      kind: 'unauthenticated',
    });
  for (const body of ['null', '[]', '"7"', '7', '{', '', '\u0000']) await t.refused(t.signed(t.header, body), body);
  for (const change of [{ iat: now + 29 }, { nbf: now + 29 }, { exp: now - 29 }, { aud: ['https://me.example'] }])
    expect(await t.tokens.verify(t.signed(t.header, { ...t.payload, ...change }))).toMatchObject({ subject: '7' });
});

test('claims named like members of objects are claims and nothing else [AU-05]', async () => {
  await using t = await start();
  const text = JSON.stringify(t.payload).replace('{', '{"__proto__":{"sub":"1","admin":true},"constructor":{"prototype":{"admin":true}},');
  const { claims, subject } = await t.tokens.verify(t.signed(t.header, text));
  expect(subject).toBe('7');
  expect((claims as { admin?: unknown }).admin).toBeUndefined();
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
  expect(Object.keys(claims).sort()).toEqual(['__proto__', 'constructor']);
});

test('8 KiB are the most, and nothing of a longer text is decoded, however right it is [AU-05]', async () => {
  await using t = await start();
  const sized = (length: number): string => {
    const empty = t.signed(t.header, { ...t.payload, pad: '' }).length;
    let token = '';
    for (let pad = Math.floor(((length - empty) * 3) / 4) - 4; token.length < length; pad++)
      token = t.signed(t.header, { ...t.payload, pad: 'x'.repeat(pad) });
    return token;
  };
  expect(await t.tokens.verify(sized(8_190))).toMatchObject({ subject: '7' });
  await t.refused(sized(8_193), 'too long');
  const before = performance.now();
  await t.refused('x'.repeat(10_000_000), 'ten million characters');
  expect(performance.now() - before).toBeLessThan(1_000);
});
