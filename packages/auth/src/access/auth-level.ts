import { CLOCK, type AppError } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';

/** What `authLevel` reads of the context: the token that a guard to its left has added. */
export interface AuthLevelNeeds {
  readonly accessToken: { readonly claims: Readonly<Record<string, unknown>> };
}

/** How the user of a token must have signed in; at least one of the two. */
export interface AuthLevelOptions {
  /** Values of the claim `acr`, any of which will do. */
  readonly acr?: readonly string[];
  /** The most seconds since the user signed in (`auth_time`). */
  readonly maxAge?: number;
}

/**
 * A guard that wants the access token to tell of a sign-in that was strong (`acr`) or recent (`auth_time`) enough. It stands to the
 * right of `bearer` or `remoteTokens`. Refuses with `AUTH_LEVEL` (401), whose challenge tells the client what to ask the issuer for
 * (RFC 9470). Throws `AUTH_OPTIONS` for options that ask for nothing.
 *
 * @example
 * const payers = guarded(bearer(), authLevel({ acr: ['mfa'], maxAge: 600 }));
 */
export function authLevel({ acr, maxAge }: AuthLevelOptions): Guard<unknown, AuthLevelNeeds> {
  checkOptions(acr, maxAge);
  return defineGuard({
    name: 'authLevel',
    deps: [CLOCK],
    run(context: GuardContext & AuthLevelNeeds, clock): void {
      const { claims } = context.accessToken;
      const strong = acr === undefined || acr.includes(claims['acr'] as string);
      if (!strong || (maxAge !== undefined && !isRecent(claims['auth_time'], maxAge, clock.now()))) throw refusal(acr, maxAge);
    },
  });
}

// A time that is missing, or in the future by more than clocks differ, proves nothing.
function isRecent(time: unknown, maxAge: number, now: number): boolean {
  const age = typeof time === 'number' ? now / 1_000 - time : NaN;
  return age <= maxAge && age >= -300;
}

function refusal(acr: readonly string[] | undefined, maxAge: number | undefined): AppError {
  const parts = ['Bearer error="insufficient_user_authentication"'];
  if (acr !== undefined) parts.push(`acr_values="${acr.join(' ')}"`);
  if (maxAge !== undefined) parts.push(`max_age="${maxAge}"`);
  return AUTH_ERRORS.LEVEL({}, { headers: { 'www-authenticate': parts.join(', ') } });
}

function checkOptions(acr: readonly string[] | undefined, maxAge: number | undefined): void {
  const named = acr === undefined || (acr.length > 0 && acr.every((value) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)));
  const timed = maxAge === undefined || (Number.isInteger(maxAge) && maxAge >= 0);
  if (named && timed && (acr !== undefined || maxAge !== undefined)) return;
  throw AUTH_ERRORS.OPTIONS({
    option: 'authLevel',
    value: JSON.stringify({ acr, maxAge }),
    rule: 'it must have acr values without blanks and quotes, or a maxAge of whole seconds, or both',
  });
}
