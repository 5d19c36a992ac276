import { currentContext, isAppError, type AppError, type Key } from '@plinth/core';
import { defineGuard, noCredential, type Guard, type GuardSecurity } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { Tokens, type AccessToken } from '../token/tokens.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import type { GuardUsers, UserOf } from './user-of.js';

/** What `bearer` adds to the handler's context. */
export interface BearerFacts<User> {
  readonly user: User;
  readonly accessToken: AccessToken;
}

/** How tokens are sent. */
export interface BearerOptions {
  /** The scheme in the Authorization header: exactly this one is taken, in any letter case. Default `Bearer` (RFC 6750). */
  readonly scheme?: string;
}

/**
 * A guard that takes an access token from the Authorization header and adds its user.
 * Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_TOKEN_INVALID` or `AUTH_TOKEN_EXPIRED` (401).
 *
 * @example
 * const signedIn = guarded(bearer({ users: Users }));
 */
export function bearer(options?: BearerOptions): Guard<BearerFacts<AuthUser>>;
export function bearer<Source extends UserSource<unknown>>(options: BearerOptions & GuardUsers<Source>): Guard<BearerFacts<UserOf<Source>>>;
export function bearer(options: BearerOptions & Partial<GuardUsers<UserSource<unknown>>> = {}): Guard<BearerFacts<unknown>> {
  const scheme = options.scheme ?? 'Bearer';
  const users: Key<UserSource<unknown>> = options.users ?? USERS;
  return defineGuard({
    name: `bearer(${scheme})`,
    deps: [Tokens, users],
    security: securityOf(scheme),
    async run(context, tokens, source): Promise<BearerFacts<unknown>> {
      const credential = readCredential(context.header('authorization'), scheme);
      const accessToken = await tokens.verify(credential).catch((error: unknown) => refuse(error, scheme));
      const user = await source.findById(accessToken.subject);
      if (user === undefined || user === null)
        throw refusal(AUTH_ERRORS.TOKEN_INVALID({}, { cause: new Error('its user is gone') }), scheme);
      const current = currentContext();
      if (current) current.actor = accessToken.subject;
      return { user, accessToken };
    },
  });
}

function readCredential(header: string | undefined, scheme: string): string {
  if (header === undefined)
    throw noCredential(`The request has no access token: send "Authorization: ${scheme} <token>".`, { challenge: scheme });
  const space = header.indexOf(' ');
  const name = space < 0 ? header : header.slice(0, space);
  // Another scheme is no credential for this guard: in anyOf(...) the next guard may take it.
  if (name.toLowerCase() !== scheme.toLowerCase()) {
    throw noCredential(`The request has no access token of the scheme ${scheme}.`, { challenge: scheme });
  }
  // Exactly one space: what follows is the token as it stands, so that nothing else can pass for the same one.
  return space < 0 ? '' : header.slice(space + 1);
}

function refuse(error: unknown, scheme: string): never {
  throw isAppError(error) && error.kind === 'unauthenticated' ? refusal(error, scheme) : error;
}

// RFC 6750, section 3.1: the client learns that the token is at fault, not why.
function refusal(error: AppError, scheme: string): AppError {
  const make = AUTH_ERRORS.TOKEN_EXPIRED.is(error) ? AUTH_ERRORS.TOKEN_EXPIRED : AUTH_ERRORS.TOKEN_INVALID;
  return make({}, { cause: error.cause, headers: { 'www-authenticate': `${scheme} error="invalid_token"` } });
}

function securityOf(scheme: string): GuardSecurity {
  if (scheme.toLowerCase() === 'bearer') return { name: 'bearer', scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } };
  const description = `An access token: \`Authorization: ${scheme} <token>\`.`;
  return { name: scheme, scheme: { type: 'apiKey', in: 'header', name: 'Authorization', description } };
}
