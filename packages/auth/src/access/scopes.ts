import type { AppError } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';

/** What `scopes` reads of the context: the token or key that a guard to its left has added. */
export type ScopeNeeds =
  | { readonly accessToken: { readonly claims: Readonly<Record<string, unknown>> } }
  | { readonly apiKey: { readonly scopes: readonly string[] } };

/**
 * A guard that wants the access token to have all of these scopes in its claim `scope` (RFC 9068, 2.2.3), or the API key to have
 * them. It stands to the right of `bearer`, `remoteTokens` or `apiKey`. Refuses with `AUTH_SCOPE_MISSING` (403).
 *
 * @example
 * const readers = guarded(bearer(), scopes('orders:read'));
 */
export function scopes(...all: readonly [string, ...string[]]): Guard<unknown, ScopeNeeds> {
  return defineGuard({
    name: `scopes(${all.join(', ')})`,
    run(context: GuardContext & ScopeNeeds): void {
      const held = heldBy(context);
      if (!all.every((scope) => held.includes(scope))) throw refuseScopes(all);
    },
  });
}

/** The refusal of RFC 6750, section 3.1: it says which scopes are needed. @internal */
export function refuseScopes(all: readonly string[]): AppError {
  const challenge = `Bearer error="insufficient_scope", scope="${all.join(' ')}"`;
  return AUTH_ERRORS.SCOPE_MISSING({ scopes: all.join(', ') }, { headers: { 'www-authenticate': challenge } });
}

function heldBy(context: Partial<Record<'accessToken' | 'apiKey', unknown>>): readonly string[] {
  const { accessToken, apiKey } = context as Partial<UnionToBoth>;
  if (apiKey !== undefined) return apiKey.scopes;
  // A mistake of the program, and it says so; it lets nobody in.
  if (accessToken === undefined) throw AUTH_ERRORS.SCOPES_WITHOUT_TOKEN();
  const { scope } = accessToken.claims;
  return typeof scope === 'string' ? scope.split(' ') : [];
}

interface UnionToBoth {
  readonly accessToken: { readonly claims: Readonly<Record<string, unknown>> };
  readonly apiKey: { readonly scopes: readonly string[] };
}
