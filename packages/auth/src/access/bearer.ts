import type { Key } from '@plinth/core';
import { defineGuard, type Guard, type GuardSecurity } from '@plinth/http';
import { Tokens, type AccessToken } from '../token/tokens.js';
import { USERS, type AuthUser, type UserSource } from '../user/users.js';
import { noteActor } from './note-actor.js';
import { readAuthorization } from './read-authorization.js';
import { refuseToken, userGone } from './refuse-token.js';
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
      const credential = readAuthorization(context, scheme, 'access token');
      const accessToken = await tokens.verify(credential).catch((error: unknown) => refuseToken(error, scheme));
      const user = await source.findById(accessToken.subject);
      if (user === undefined || user === null) throw userGone(scheme);
      noteActor(accessToken.subject);
      return { user, accessToken };
    },
  });
}

function securityOf(scheme: string): GuardSecurity {
  if (scheme.toLowerCase() === 'bearer') return { name: 'bearer', scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } };
  const description = `An access token: \`Authorization: ${scheme} <token>\`.`;
  return { name: scheme, scheme: { type: 'apiKey', in: 'header', name: 'Authorization', description } };
}
