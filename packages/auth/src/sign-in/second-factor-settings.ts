import { Injectable, runUninterrupted } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { RecoveryCodes } from '../mfa/recovery-codes.js';
import { Totp } from '../mfa/totp.js';
import type { Session } from '../session/session.js';
import { FactorChanges } from './factor-changes.js';
import { SecondFactors } from './second-factors.js';
import type { SignInContext } from './sign-ins.js';

/** What a change reads of its request: the session that makes it, too. */
export type SettingsContext = SignInContext & { readonly session: Session };

/**
 * What users do to their second factors: recovery codes come with the first and go with the last, and each change is told of and ends the
 * other sessions. @internal
 */
@Injectable({ deps: [Totp, RecoveryCodes, SecondFactors, FactorChanges] })
export class SecondFactorSettings {
  readonly #totp: Totp;
  readonly #codes: RecoveryCodes;
  readonly #factors: SecondFactors;
  readonly #changes: FactorChanges;

  constructor(totp: Totp, codes: RecoveryCodes, factors: SecondFactors, changes: FactorChanges) {
    this.#totp = totp;
    this.#codes = codes;
    this.#factors = factors;
    this.#changes = changes;
  }

  /** The kinds that are set up, and how many recovery codes are left. */
  async status(userId: string): Promise<{ factors: string[]; recoveryCodes: number }> {
    const [factors, recoveryCodes] = await Promise.all([this.#factors.of(userId), this.#codes.remaining(userId)]);
    return { factors: [...factors], recoveryCodes: factors.length === 0 ? 0 : recoveryCodes };
  }

  /** Puts the authenticator in use that waits; gives the recovery codes that come with the first factor. Throws as `Totp.confirm` does. */
  confirmTotp(code: string, context: SettingsContext): Promise<readonly string[]> {
    const { userId } = context.session;
    // Once the code was right all of it happens, whether or not somebody waits for the answer.
    return runUninterrupted(async () => {
      const { factors, recoveryCodes } = await this.status(userId);
      await this.#totp.confirm(userId, code);
      this.#changes.tell('totp-enabled', userId, context);
      await this.#changes.endOthers(context.session, context, ['otp']);
      // Codes of a time before this factor, if any are left, are ended by new ones.
      return factors.length > 0 && recoveryCodes > 0 ? [] : this.#codes.generate(userId);
    });
  }

  /** Removes the authenticator, and the recovery codes where it was the last factor; also an authenticator that waits. */
  disableTotp(context: SettingsContext): Promise<void> {
    const { userId } = context.session;
    return runUninterrupted(async () => {
      const inUse = (await this.#totp.enabledSince(userId)) !== undefined;
      const removed = await this.#totp.disable(userId);
      if (!inUse || !removed) return;
      this.#changes.tell('totp-disabled', userId, context);
      await this.#changes.endOthers(context.session, context);
      await this.#changes.endUnneededCodes(userId);
    });
  }

  /** Makes new recovery codes, which end those before. Throws `AUTH_RECOVERY_WITHOUT_FACTOR`. */
  makeRecoveryCodes(context: SettingsContext): Promise<readonly string[]> {
    const { userId } = context.session;
    return runUninterrupted(async () => {
      if ((await this.#factors.of(userId)).length === 0) throw AUTH_ERRORS.RECOVERY_WITHOUT_FACTOR();
      const codes = await this.#codes.generate(userId);
      this.#changes.tell('recovery-codes-made', userId, context);
      await this.#changes.endOthers(context.session, context);
      return codes;
    });
  }
}
