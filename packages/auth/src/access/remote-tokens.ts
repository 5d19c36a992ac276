import { CLOCK, type Clock, type Dep, type Key } from '@plinth/core';
import { defineGuard, type Guard } from '@plinth/http';
import type { Fetch } from '@plinth/http/fetch';
import { readRemoteOptions, RemoteTokens, type RemoteToken, type RemoteTokenOptions } from '../token/remote-tokens.js';
import { noteActor } from './note-actor.js';
import { readAuthorization } from './read-authorization.js';
import { refuseToken, userGone } from './refuse-token.js';

/** What `remoteTokens` adds to the handler's context. */
export interface RemoteTokenFacts {
  readonly accessToken: RemoteToken;
}

/** What `remoteTokens` adds with `users`. */
export interface RemoteUserFacts<User> extends RemoteTokenFacts {
  readonly user: User;
}

/** Finds users by what another issuer calls them: a `sub` alone may mean somebody else at each issuer. */
export interface IdentitySource<User> {
  /** The user whom this issuer calls so; undefined when there is none, or when the account is closed or locked. */
  findByIdentity(issuer: string, subject: string): Promise<User | undefined> | User | undefined;
}

/** The user type that a provider of identities gives. */
export type IdentityUserOf<Source> = Source extends { findByIdentity(issuer: string, subject: string): infer Found }
  ? NonNullable<Awaited<Found>>
  : never;

/** The issuer, and where requests go. */
export interface RemoteGuardOptions extends RemoteTokenOptions {
  /** What keys are fetched with: `FETCH` of `FetchModule`, or a client of `defineClient` for an issuer on a private network. */
  readonly fetch: Key<Fetch>;
}

/**
 * A guard that takes access tokens which another issuer has signed. Refuses with
 * `HTTP_NO_CREDENTIAL`, `AUTH_TOKEN_INVALID` or `AUTH_TOKEN_EXPIRED` (401); fails with `AUTH_ISSUER_UNAVAILABLE` (503). Throws
 * `AUTH_REMOTE_OPTIONS`.
 *
 * @example
 * const callers = guarded(remoteTokens({ issuer: 'https://id.example.com', audience: 'https://api.example.com', fetch: FETCH }));
 */
export function remoteTokens(options: RemoteGuardOptions): Guard<RemoteTokenFacts>;
export function remoteTokens<Source extends IdentitySource<unknown>>(
  options: RemoteGuardOptions & { readonly users: Key<Source> },
): Guard<RemoteUserFacts<IdentityUserOf<Source>>>;
export function remoteTokens({
  fetch,
  users,
  ...options
}: RemoteGuardOptions & { readonly users?: Key<IdentitySource<unknown>> }): Guard<RemoteTokenFacts> {
  readRemoteOptions(options);
  const deps: readonly Dep[] = users === undefined ? [fetch, CLOCK] : [fetch, CLOCK, users];
  // One for each application: its fetch is its own.
  const made = new WeakMap<Fetch, RemoteTokens>();
  return defineGuard({
    name: `remoteTokens(${options.issuer})`,
    deps,
    security: { name: 'bearer', scheme: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    async run(context, ...dependencies): Promise<RemoteTokenFacts> {
      const [send, clock, source] = dependencies as readonly unknown[] as readonly [Fetch, Clock, IdentitySource<unknown> | undefined];
      let tokens = made.get(send);
      if (!tokens) made.set(send, (tokens = new RemoteTokens(options, send, clock)));
      const credential = readAuthorization(context, 'Bearer', 'access token');
      const accessToken = await tokens.verify(credential).catch((error: unknown) => refuseToken(error, 'Bearer'));
      const user = await source?.findByIdentity(accessToken.issuer, accessToken.subject);
      if (source && (user === undefined || user === null)) throw userGone('Bearer');
      noteActor(`${accessToken.issuer} ${accessToken.subject}`);
      return source ? ({ accessToken, user } as RemoteUserFacts<unknown>) : { accessToken };
    },
  });
}
