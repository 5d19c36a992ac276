import { CLOCK, optionalDep } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { Session } from '../session/session.js';
import { RECOVERY_CODE, SecondFactors } from '../sign-in/second-factors.js';
import { refuseImpersonated } from './impersonation-state.js';

/** What `stepUp` asks for. */
export interface StepUpOptions {
  /** For how many seconds a proof counts; 600 (10 minutes). */
  readonly maxAge?: number;
  /** Kinds of proof (RFC 8176: `pwd`, `otp`, `hwk`, …): one of them must be as recent as that. Default: what `strength` says. */
  readonly methods?: readonly [string, ...string[]];
  /**
   * Without `methods`: `sign-in`, the default, wants a proof that is as strong as the user's sign-in (ASVS 5.0, 7.5.1): of a second factor,
   * where the user has set one up. `any` is content with a password there.
   */
  readonly strength?: 'sign-in' | 'any';
}

/** What `stepUp` reads of the context: the session that a guard to its left has added. */
export interface StepUpNeeds {
  readonly session: Session;
}

/** A clock may have been set back by a little since the proof; by more, the time of the proof says nothing. */
const LEEWAY = 60_000;

/**
 * A guard for sensitive acts (ASVS 5.0, 7.5.3): the user must have proved recently who they are, by `Sessions.create` or `confirm` with
 * `methods`; who has a second factor, by that one. It stands to the right of `session`. Refuses with `AUTH_STEP_UP_NEEDED` (403), whose
 * members `maxAge` and `methods` say what is needed. Throws `AUTH_OPTIONS` for a `maxAge` that is no positive integer.
 *
 * @example
 * const sensitive = guarded(session, stepUp({ maxAge: 300 }));
 */
export function stepUp(options: StepUpOptions = {}): Guard<unknown, StepUpNeeds> {
  const { maxAge = 600, methods, strength = 'sign-in' } = options;
  if (!Number.isInteger(maxAge) || maxAge < 1)
    throw AUTH_ERRORS.OPTIONS({ option: 'stepUp maxAge', value: maxAge, rule: 'it must be a positive integer' });
  return defineGuard({
    name: methods === undefined ? `stepUp(${maxAge} s)` : `stepUp(${maxAge} s, ${methods.join(' or ')})`,
    deps: [CLOCK, optionalDep(SecondFactors)],
    run(context: GuardContext & StepUpNeeds, clock, secondFactors): void | Promise<void> {
      refuseImpersonated(context);
      const { session } = context;
      const recent = recentProofs(session, clock.now(), maxAge);
      if (methods !== undefined) return checkProofs(recent, methods, maxAge);
      // As strong as any sign-in: two factors in one, and what stands in for a factor that was lost. Nothing has to be looked up.
      const strong = recent.includes('mfa') || recent.includes(RECOVERY_CODE);
      if (strong || strength === 'any' || secondFactors === undefined) return checkProofs(recent, [], maxAge);
      return secondFactors.methodsOf(session.userId).then((needed) => checkProofs(recent, needed, maxAge));
    },
  });
}

function recentProofs({ auth }: Session, now: number, maxAge: number): readonly string[] {
  const isRecent = (at: Date): boolean => {
    const age = now - at.getTime();
    return age >= -LEEWAY && age <= maxAge * 1_000;
  };
  return Object.entries(auth.times).flatMap(([method, at]) => (isRecent(at) ? method : []));
}

// None is needed in particular where the list is empty.
function checkProofs(recent: readonly string[], needed: readonly string[], seconds: number): void {
  if (needed.length === 0 ? recent.length > 0 : needed.some((method) => recent.includes(method))) return;
  const shown = needed.length === 0 ? 'a proof of who you are' : `a proof by ${needed.join(' or ')}`;
  const extensions = { maxAge: seconds, ...(needed.length > 0 && { methods: needed }) };
  throw AUTH_ERRORS.STEP_UP_NEEDED({ needed: shown, seconds }, { extensions });
}
