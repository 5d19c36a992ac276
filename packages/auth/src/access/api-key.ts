import type { Dep, Key } from '@plinth/core';
import { defineGuard, noCredential, type Guard, type GuardContext } from '@plinth/http';
import { ApiKeys, KEY_CHALLENGE, type ApiKey } from '../api-key/api-keys.js';
import { AUTH_ERRORS } from '../errors.js';
import type { UserSource } from '../user/users.js';
import { noteActor } from './note-actor.js';
import { refuseScopes } from './scopes.js';
import type { GuardUsers, UserOf } from './user-of.js';

/** What `apiKey` adds to the handler's context. */
export interface ApiKeyFacts {
  readonly apiKey: ApiKey;
}

/** What `apiKey` adds with `users`. */
export interface ApiKeyUserFacts<User> extends ApiKeyFacts {
  readonly user: User;
}

/** Which keys are let in. */
export interface ApiKeyGuardOptions {
  /** The scopes that a key needs, all of them. */
  readonly scopes?: readonly string[];
}

const HEADER = 'X-API-Key';

/**
 * A guard that takes an API key from `Authorization: Bearer pk_…` or `X-API-Key`, never from the URL. With `users` it adds the user who
 * owns the key. Refuses with `HTTP_NO_CREDENTIAL`, `AUTH_API_KEY_MALFORMED`, `AUTH_API_KEY_INVALID`, `AUTH_API_KEY_EXPIRED`
 * (401) or `AUTH_SCOPE_MISSING` (403).
 *
 * @example
 * const readers = guarded(apiKey({ scopes: ['orders:read'] }));
 */
export function apiKey(options?: ApiKeyGuardOptions): Guard<ApiKeyFacts>;
export function apiKey<Source extends UserSource<unknown>>(
  options: ApiKeyGuardOptions & GuardUsers<Source>,
): Guard<ApiKeyUserFacts<UserOf<Source>>>;
export function apiKey(options: ApiKeyGuardOptions & Partial<GuardUsers<UserSource<unknown>>> = {}): Guard<ApiKeyFacts> {
  const { scopes = [] } = options;
  const users: Key<UserSource<unknown>> | undefined = options.users;
  const deps: readonly Dep[] = users === undefined ? [ApiKeys] : [ApiKeys, users];
  return defineGuard({
    name: `apiKey(${scopes.join(', ')})`,
    deps,
    security: { name: 'apiKey', scheme: { type: 'apiKey', in: 'header', name: HEADER }, ...(scopes.length > 0 && { scopes }) },
    async run(context, ...dependencies): Promise<ApiKeyFacts> {
      const [keys, source] = dependencies as readonly unknown[] as readonly [ApiKeys, UserSource<unknown> | undefined];
      const key = await keys.verify(readKey(context, keys));
      if (!scopes.every((scope) => key.scopes.includes(scope))) throw refuseScopes(scopes);
      if (!source) {
        noteActor(key.owner);
        return { apiKey: key };
      }
      const user = await source.findById(key.owner);
      if (user === undefined || user === null)
        throw AUTH_ERRORS.API_KEY_INVALID({}, { ...KEY_CHALLENGE, cause: new Error('its owner is gone') });
      noteActor(key.owner);
      return { apiKey: key, user } as ApiKeyUserFacts<unknown>;
    },
  });
}

function readKey(context: GuardContext, keys: ApiKeys): string {
  const own = context.header(HEADER);
  const authorization = context.header('authorization');
  const token = /^bearer (.*)$/is.exec(authorization ?? '')?.[1];
  // A bearer token of another form is for another guard.
  const bearer = token !== undefined && keys.recognises(token) ? token : undefined;
  if (own !== undefined && bearer !== undefined && own !== bearer)
    throw AUTH_ERRORS.API_KEY_MALFORMED({ reason: 'the request has two different ones' }, KEY_CHALLENGE);
  const key = own ?? bearer;
  if (key !== undefined) return key;
  throw noCredential(`The request has no API key: send "${HEADER}: <key>" or "Authorization: Bearer <key>".`, { challenge: 'Bearer' });
}
