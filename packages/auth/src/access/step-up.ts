import { CLOCK } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { Session } from '../session/session.js';
import { refuseImpersonated } from './impersonation-state.js';

/** What `stepUp` asks for. */
export interface StepUpOptions {
  /** For how many seconds a proof counts; 600 (10 minutes). */
  readonly maxAge?: number;
  /** Kinds of proof (RFC 8176: `pwd`, `otp`, `hwk`, …): one of them must be as recent as that. Default: any kind. */
  readonly methods?: readonly [string, ...string[]];
}

/** What `stepUp` reads of the context: the session that a guard to its left has added. */
export interface StepUpNeeds {
  readonly session: Session;
}

/** A clock may have been set back by a little since the proof; by more, the time of the proof says nothing. */
const LEEWAY = 60_000;

/**
 * A guard for sensitive acts (ASVS 5.0, 7.5.3): the user must have proved recently who they are, by `Sessions.create` or `confirm` with
 * `methods`. It stands to the right of `session`. Refuses with `AUTH_STEP_UP_NEEDED` (403), whose members `maxAge` and `methods` say what is
 * needed. Throws `AUTH_OPTIONS` for a `maxAge` that is no positive integer.
 *
 * @example
 * const sensitive = guarded(session, stepUp({ maxAge: 300, methods: ['otp', 'hwk'] }));
 */
export function stepUp(options: StepUpOptions = {}): Guard<unknown, StepUpNeeds> {
  const { maxAge = 600, methods } = options;
  if (!Number.isInteger(maxAge) || maxAge < 1)
    throw AUTH_ERRORS.OPTIONS({ option: 'stepUp maxAge', value: maxAge, rule: 'it must be a positive integer' });
  const needed = methods === undefined ? 'a proof of who you are' : `a proof by ${methods.join(' or ')}`;
  const extensions = { maxAge, ...(methods && { methods }) };
  return defineGuard({
    name: methods === undefined ? `stepUp(${maxAge} s)` : `stepUp(${maxAge} s, ${methods.join(' or ')})`,
    deps: [CLOCK],
    run(context: GuardContext & StepUpNeeds, clock): void {
      refuseImpersonated(context);
      const age = clock.now() - lastProof(context.session, methods);
      if (age >= -LEEWAY && age <= maxAge * 1_000) return;
      throw AUTH_ERRORS.STEP_UP_NEEDED({ needed, seconds: maxAge }, { extensions });
    },
  });
}

function lastProof({ auth }: Session, methods: StepUpOptions['methods']): number {
  if (methods === undefined) return auth.at.getTime();
  return Math.max(
    ...methods.map((method) => (Object.hasOwn(auth.times, method) ? auth.times[method]!.getTime() : Number.NEGATIVE_INFINITY)),
  );
}
