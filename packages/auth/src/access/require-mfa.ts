import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { Session } from '../session/session.js';
import { isMultiFactor } from '../sign-in/proof-factors.js';
import { SecondFactors } from '../sign-in/second-factors.js';

/** What `requireMfa` reads of the context: the session that a guard to its left has added. */
export interface RequireMfaNeeds {
  readonly session: Session;
}

/**
 * A guard for routes that take sessions with two factors only (ASVS 5.0, 6.3.3), however long ago: it stands to the right of `session`. Two
 * proofs of one factor, such as two codes, do not pass. Refuses with `AUTH_MFA_NEEDED` (403), whose members say by which `factors` the user
 * can make up for it, and in `setUp` whether one must be set up first. For a recent proof, add `stepUp`.
 *
 * @example
 * const staff = guarded(session, requireMfa(), role('staff'));
 */
export function requireMfa(): Guard<unknown, RequireMfaNeeds> {
  return defineGuard({
    name: 'requireMfa',
    deps: [SecondFactors],
    async run({ session }: GuardContext & RequireMfaNeeds, secondFactors): Promise<void> {
      const { methods } = session.auth;
      if (isMultiFactor(methods)) return;
      const factors = await secondFactors.of(session.userId);
      const shown = methods.length === 0 ? 'none' : methods.join(', ');
      throw AUTH_ERRORS.MFA_NEEDED({ shown }, { extensions: { factors, methods, setUp: factors.length === 0 } });
    },
  });
}
