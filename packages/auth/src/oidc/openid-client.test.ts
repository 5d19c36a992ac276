import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import type { Fetch } from '@plinth/http/fetch';
import { createProviderClient, failureOf } from './openid-client.js';

const TENANT = '11111111-2222-3333-4444-555555555555';
const OTHER = '99999999-2222-3333-4444-555555555555';
const host = 'https://login.microsoftonline.com';

/** Entra ID as it answers for all tenants: one document, whose issuer is a template. */
async function entra(claims: Record<string, unknown>, issuer = `${host}/{tenantid}/v2.0`): Promise<Fetch> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  const now = Math.floor(Date.now() / 1_000);
  const all = { aud: 'shop', sub: 'ada', nonce: 'nonce', iat: now, exp: now + 60, ...claims };
  const id_token = await new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey);
  const pages: Record<string, unknown> = {
    [`${host}/common/v2.0/.well-known/openid-configuration`]: {
      issuer,
      authorization_endpoint: `${host}/common/oauth2/v2.0/authorize`,
      token_endpoint: `${host}/common/oauth2/v2.0/token`,
      jwks_uri: `${host}/common/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    },
    [`${host}/common/oauth2/v2.0/token`]: { access_token: 'a', token_type: 'Bearer', id_token },
    [`${host}/common/keys`]: { keys: [jwk] },
  };
  return async (url) => Response.json(pages[String(url)] ?? {}, { status: pages[String(url)] === undefined ? 404 : 200 });
}

const settings = {
  issuer: `${host}/common/v2.0`,
  expectedIssuer: `${host}/{tenantid}/v2.0`,
  clientId: 'shop',
  clientSecret: 'secret',
  clientAuth: 'basic',
  insecure: false,
  endpoints: undefined,
} as const;

async function exchange(claims: Record<string, unknown>): Promise<unknown> {
  const client = await createProviderClient(settings, await entra(claims));
  const checks = { state: 's', verifier: 'v'.repeat(43), nonce: 'nonce', maxAge: undefined };
  return client.exchange(new URL('https://app.example.com/callback?state=s&code=c'), checks).then(
    ({ claims: proved }) => proved?.['iss'],
    (error: unknown) => failureOf(error).kind,
  );
}

test('where each tenant is an issuer, the issuer must be that of the tenant that the token names [AU-08]', async () => {
  expect(await exchange({ iss: `${host}/${TENANT}/v2.0`, tid: TENANT })).toBe(`${host}/${TENANT}/v2.0`);
  for (const claims of [
    { iss: `${host}/${TENANT}/v2.0`, tid: OTHER },
    { iss: `${host}/${TENANT}/v2.0` },
    { iss: `${host}/{tenantid}/v2.0`, tid: TENANT },
    { iss: `${host}/common/v2.0`, tid: TENANT },
    { iss: `https://evil.example/${TENANT}/v2.0`, tid: TENANT },
  ])
    expect(await exchange(claims), JSON.stringify(claims)).toBe('response');
});

test('metadata with another template, or of one tenant, are not those of all tenants [AU-08]', async () => {
  for (const issuer of [`${host}/${OTHER}/v2.0`, 'https://evil.example/{tenantid}/v2.0', `${host}/{tenantid}/v2.0/`])
    await expect(createProviderClient(settings, await entra({}, issuer)), issuer).rejects.toThrow();
});

test('reasons for the log hold no token, code or secret', async () => {
  const client = await createProviderClient(settings, async (url) => {
    const fetch = await entra({});
    return String(url).endsWith('/token')
      ? Response.json({ error: 'invalid_grant', error_description: 'secret text' }, { status: 400 })
      : fetch(url);
  });
  const answer = new URL('https://app.example.com/callback?state=s&code=the-code');
  const error: unknown = await client
    .exchange(answer, { state: 's', verifier: 'v'.repeat(43), nonce: 'nonce', maxAge: undefined })
    .catch((thrown: unknown) => thrown);
  expect(failureOf(error)).toMatchObject({ kind: 'refused' });
  expect(failureOf(error).reason).toContain('invalid_grant');
  for (const text of ['secret', 'the-code', 'v'.repeat(43)]) expect(failureOf(error).reason).not.toContain(text);
});
