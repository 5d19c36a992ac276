import { createPrivateKey, sign } from 'node:crypto';
import { oidc, type IdentityProvider, type ProviderSecret } from './provider.js';
import type { PresetOptions } from './presets.js';

/** Options of `apple`. */
export interface AppleOptions extends Omit<PresetOptions, 'clientSecret'> {
  /** The ten characters of the developer team. */
  readonly teamId: string;
  /** The id of the key for Sign in with Apple. */
  readonly keyId: string;
  /** That key: the text of its .p8 file (PEM). */
  readonly privateKey: ProviderSecret;
}

const ISSUER = 'https://appleid.apple.com';
/** Seconds; Apple takes up to six months. A new one is made with every look at the metadata, each hour. */
const LIFETIME = 86_400;

/**
 * Sign in with Apple. Its client secret is a token that is signed (ES256) with a key of yours. Apple posts the answer as a form, from its
 * own site, so list the route `callbackPost` too. The name that it tells once, beside the signed token, is not taken.
 */
export function apple({ teamId, keyId, privateKey, ...options }: AppleOptions): IdentityProvider {
  const provider = oidc({
    label: 'Apple',
    scopes: ['openid', 'email'],
    // Apple writes the boolean as a text at times.
    emailVerified: (claims) => claims['email_verified'] === true || claims['email_verified'] === 'true',
    ...options,
    issuer: ISSUER,
    clientAuth: 'post',
    responseMode: 'form_post',
  });
  return {
    ...provider,
    madeSecret: { fields: [privateKey], make: ([pem], clientId, now) => clientSecret(pem ?? '', { teamId, keyId, clientId, now }) },
  };
}

interface Facts {
  readonly teamId: string;
  readonly keyId: string;
  readonly clientId: string;
  readonly now: number;
}

function clientSecret(pem: string, { teamId, keyId, clientId, now }: Facts): string {
  const iat = Math.floor(now / 1_000);
  const header = { alg: 'ES256', kid: keyId, typ: 'JWT' };
  const payload = { iss: teamId, iat, exp: iat + LIFETIME, aud: ISSUER, sub: clientId };
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = sign('sha256', Buffer.from(text), { key: createPrivateKey(pem), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
