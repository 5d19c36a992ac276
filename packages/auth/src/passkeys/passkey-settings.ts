import { isIP } from 'node:net';
import { token } from '@plinth/core';
import { developmentUrl } from '../development-url.js';
import { AUTH_ERRORS } from '../errors.js';
import type { AuthUser } from '../user/users.js';

/** How passkeys are set up: what `PasskeysModule.with` takes, but for the store. */
export interface PasskeyOptions {
  /** What authenticators show as the name of the site. Default: `APP_NAME`, or the `rpId`. */
  readonly rpName?: string;
  /**
   * The domain that passkeys belong to: the host of every origin, or a domain above it (`example.com` for `https://app.example.com`).
   * Passkeys that exist are lost when it changes. Default: the host of `APP_URL`.
   */
  readonly rpId?: string;
  /** The exact origins whose pages may use passkeys. Default: that of `APP_URL`, and in development localhost at `PORT`. Only `localhost` may be http, and only in development. */
  readonly origins?: readonly string[];
  /** The name that a user is signed in by, as `Throttle` and authenticators know it. Default: `email`, where the user has one, else `id`. */
  readonly accountName?: (user: AuthUser) => string;
}

/** The options with every default filled in, and checked. */
export interface PasskeySettings {
  readonly rpName: string;
  readonly rpId: string;
  readonly origins: readonly string[];
  readonly accountName: (user: AuthUser) => string;
}

/** What is known of the application. */
export interface PasskeySurroundings {
  /** Where clients reach it. */
  readonly url: URL | undefined;
  /** Where it listens; 0 for any free port. */
  readonly port: number;
  readonly name: string | undefined;
  readonly production: boolean;
}

/** @internal */
export const PASSKEY_SETTINGS = token<PasskeySettings>('PASSKEY_SETTINGS', { from: 'PasskeysModule of @plinth/auth/passkeys' });

const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Fills in the defaults. Throws `AUTH_PASSKEY_OPTIONS` for what browsers would refuse, or what would let another site in. */
export function passkeySettings(options: PasskeyOptions, around: PasskeySurroundings): PasskeySettings {
  const { name, production } = around;
  const url = pagesOf(options, around);
  const origins = options.origins ?? (url === undefined ? [] : [url.origin]);
  if (origins.length === 0) throw refuse('origins', 'missing', 'it must name an origin, or APP_URL must be set');
  for (const origin of origins) checkOrigin(origin, production);
  const rpId = options.rpId ?? (url ?? new URL(origins[0]!)).hostname;
  checkRpId(rpId, origins);
  const rpName = options.rpName ?? name ?? rpId;
  if (rpName.trim() === '' || rpName.length > 64 || /\p{Cc}/u.test(rpName) || !rpName.isWellFormed())
    throw refuse('rpName', JSON.stringify(rpName), 'it must be a text of 1 to 64 characters');
  return { rpName, rpId, origins, accountName: options.accountName ?? nameOf };
}

// In production nobody guesses: passkeys that were made for the wrong host are lost.
function pagesOf({ origins }: PasskeyOptions, { url, port, production }: PasskeySurroundings): URL | undefined {
  return url ?? (origins === undefined && !production ? developmentUrl(port) : undefined);
}

// Exact texts are compared with what the browser says: anything but an origin as browsers write it would never match.
function checkOrigin(origin: string, production: boolean): void {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.origin !== origin || !['https:', 'http:'].includes(url.protocol))
    throw refuse('origins', JSON.stringify(origin), 'each must be an exact origin such as https://app.example.com');
  if (url.protocol === 'https:') return;
  if (!isLocalhost(url.hostname) || production)
    throw refuse('origins', JSON.stringify(origin), 'it must be https, but for localhost in development');
}

// WebAuthn, 5.1.3: a domain that is a suffix of the origin's, at a dot. Whether it is a public suffix, such as co.uk, browsers check.
function checkRpId(rpId: string, origins: readonly string[]): void {
  if (!HOST.test(rpId) || isIP(rpId) !== 0 || (!rpId.includes('.') && rpId !== 'localhost'))
    throw refuse('rpId', JSON.stringify(rpId), 'it must be a domain in lower case, and no address');
  const foreign = origins.find((origin) => !`.${new URL(origin).hostname}`.endsWith(`.${rpId}`));
  if (foreign !== undefined) throw refuse('rpId', JSON.stringify(rpId), `the origin ${foreign} is not of that domain`);
}

function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

function nameOf(user: AuthUser): string {
  const email = 'email' in user ? user.email : undefined;
  return typeof email === 'string' && email !== '' ? email : user.id;
}

function refuse(option: string, value: string, rule: string): Error {
  return AUTH_ERRORS.PASSKEY_OPTIONS({ option, value, rule });
}
