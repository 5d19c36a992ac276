import { AUTH_ERRORS } from '../errors.js';
import type { ProviderClient, ProviderTokens } from './openid-client.js';
import type { IdentityProvider, OAuthProfile, ProviderClaims } from './provider.js';
import type { ProviderConnection } from './provider-connection.js';
import type { Transaction } from './transactions.js';

/** Whom a provider has proved, after every check. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** The provider has verified that the address is the user's. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly claims: ProviderClaims;
  /** The user gave a second factor there (`amr`, RFC 8176). */
  readonly multiFactor: boolean;
  /** The session at the provider, which its logout tokens name. */
  readonly sid: string | undefined;
  readonly tokens: ProviderTokens;
}

/** The answer of a provider, as the browser has brought it. */
export interface AuthorizationAnswer {
  readonly state?: string | undefined;
  readonly code?: string | undefined;
  readonly iss?: string | undefined;
  readonly error?: string | undefined;
}

/** Seconds since the user has signed in anew, where that was asked for. */
const RECENT = 300;

/**
 * Exchanges the code, and checks everything that is to be checked. Throws `AUTH_OIDC_DENIED`, `AUTH_OIDC_REFUSED`, `AUTH_OIDC_RESPONSE`,
 * `AUTH_OIDC_UNAVAILABLE`, `AUTH_OIDC_LEVEL`, `AUTH_OIDC_NOT_ACCEPTED`.
 */
export async function proveIdentity(
  connection: ProviderConnection,
  transaction: Transaction,
  answer: AuthorizationAnswer,
): Promise<ProvenIdentity> {
  const { provider, label } = connection;
  const client = await connection.client();
  try {
    const proven = provider.protocol === 'oidc' ? proveByToken : proveByApi;
    const identity = await proven(connection, client, transaction, urlOf(transaction.redirectUri, answer));
    if (provider.accept?.(identity.claims) === false) throw AUTH_ERRORS.OIDC_NOT_ACCEPTED({ provider: label });
    return identity;
  } catch (error) {
    throw refusalOf(error, connection);
  }
}

/** What a failed call to a provider is answered with. */
export function refusalOf(error: unknown, connection: Pick<ProviderConnection, 'failureOf' | 'label'>): unknown {
  if (ours(error)) return error;
  const provider = connection.label;
  const { kind, reason } = connection.failureOf(error);
  const extras = { cause: new Error(reason) };
  if (kind === 'denied') return AUTH_ERRORS.OIDC_DENIED({ provider }, extras);
  if (kind === 'refused') return AUTH_ERRORS.OIDC_REFUSED({ provider }, extras);
  if (kind === 'unavailable') return AUTH_ERRORS.OIDC_UNAVAILABLE({ provider }, extras);
  return AUTH_ERRORS.OIDC_RESPONSE({ provider }, extras);
}

async function proveByToken(
  { provider, label, clientId }: ProviderConnection,
  client: ProviderClient,
  { nonce, verifier, purpose }: Transaction,
  answer: URL,
): Promise<ProvenIdentity> {
  if (provider.protocol !== 'oidc') throw new TypeError('no ID tokens');
  const maxAge = purpose === 'verify' ? RECENT : provider.maxAge;
  const tokens = await client.exchange(answer, { state: answer.searchParams.get('state')!, verifier, nonce, maxAge });
  const claims = tokens.claims ?? {};
  const audiences = Array.isArray(claims['aud']) ? claims['aud'] : [claims['aud']];
  // OpenID Connect Core 1.0, 3.1.3.7, 3: a token that is for others too may have come from one of them.
  if (!audiences.every((audience) => audience === clientId)) throw new TypeError('the ID token is for other clients too');
  if (claims['azp'] !== undefined && claims['azp'] !== clientId) throw new TypeError('the ID token was asked for by another client');
  if (provider.acr && !provider.acr.includes(claims['acr'] as string)) throw AUTH_ERRORS.OIDC_LEVEL({ provider: label });
  const subject = subjectOf(claims['sub']);
  const { userInfo = 'when-needed' } = provider;
  const asks = client.hasUserInfo && (userInfo === 'always' || (userInfo === 'when-needed' && claims['email'] === undefined));
  const info = asks ? await client.userInfo(tokens.accessToken, subject) : {};
  // Address and verification are taken from the same place: one of each would say what neither has said.
  const told = claims['email'] === undefined ? { ...info, xms_edov: claims['xms_edov'] } : claims;
  const verified = provider.emailVerified ?? ((all) => all['email_verified'] === true);
  const amr = claims['amr'];
  return {
    issuer: issuerOf(provider, claims),
    subject,
    ...addressOf(told['email'], verified(told)),
    name: nameOf(claims['name'] ?? info['name']),
    claims: { ...info, ...claims },
    multiFactor: Array.isArray(amr) && amr.includes('mfa'),
    sid: isSid(claims['sid']) ? claims['sid'] : undefined,
    tokens,
  };
}

async function proveByApi(
  { provider, label }: ProviderConnection,
  client: ProviderClient,
  { verifier, purpose }: Transaction,
  answer: URL,
): Promise<ProvenIdentity> {
  if (provider.protocol !== 'oauth2') throw new TypeError('no API');
  // Nothing says when the user has signed in there.
  if (purpose === 'verify') throw AUTH_ERRORS.OIDC_LEVEL({ provider: label });
  const tokens = await client.exchange(answer, { state: answer.searchParams.get('state')!, verifier, nonce: undefined, maxAge: undefined });
  const profile: OAuthProfile = await provider.profile((url) => client.get(tokens.accessToken, url));
  return {
    issuer: provider.issuer,
    subject: subjectOf(profile.subject),
    ...addressOf(profile.email, profile.emailVerified === true),
    name: nameOf(profile.name),
    claims: profile.claims,
    multiFactor: false,
    sid: undefined,
    tokens,
  };
}

function urlOf(redirectUri: string, answer: AuthorizationAnswer): URL {
  const url = new URL(redirectUri);
  for (const name of ['state', 'code', 'iss', 'error'] as const) if (answer[name] !== undefined) url.searchParams.set(name, answer[name]);
  return url;
}

// The library has compared it with the issuer of the metadata, or with that of the tenant that the token names.
function issuerOf(provider: IdentityProvider, claims: ProviderClaims): string {
  return provider.tenants ? String(claims['iss']) : provider.issuer;
}

function subjectOf(subject: unknown): string {
  if (typeof subject === 'string' && subject !== '' && subject.length <= 255 && subject.isWellFormed()) return subject;
  throw new TypeError('the subject is no text of 1 to 255 characters');
}

function addressOf(email: unknown, verified: boolean): Pick<ProvenIdentity, 'email' | 'emailVerified'> {
  const usable = typeof email === 'string' && email.length <= 320 && email.isWellFormed() && /^[^\s@]+@[^\s@]+$/.test(email);
  // eslint-disable-next-line no-control-regex
  if (!usable || /[\u0000-\u001f\u007f<>"]/.test(email)) return { email: null, emailVerified: false };
  return { email, emailVerified: verified };
}

function nameOf(name: unknown): string | null {
  if (typeof name !== 'string' || !name.isWellFormed()) return null;
  // eslint-disable-next-line no-control-regex
  return (
    name
      .replace(/[\u0000-\u001f\u007f]/g, ' ')
      .trim()
      .slice(0, 100) || null
  );
}

function ours(error: unknown): boolean {
  return [AUTH_ERRORS.OIDC_NOT_ACCEPTED, AUTH_ERRORS.OIDC_LEVEL].some((known) => known.is(error));
}

function isSid(sid: unknown): sid is string {
  return typeof sid === 'string' && sid !== '' && sid.length <= 255;
}
