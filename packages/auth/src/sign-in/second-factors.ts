import { allOf, Injectable, token } from '@plinth/core';
import { RecoveryCodes } from '../mfa/recovery-codes.js';

/** The kind of recovery codes, and what a sign-in by one is noted as beside `otp`. @internal */
export const RECOVERY_CODE = 'recovery-code';

/** A kind of second factor, such as that of authenticator apps: each contributes itself to `SECOND_FACTORS`. */
export interface SecondFactor {
  /** `totp`, `passkey`, or a name of yours. Answers that ask for a second factor list it. */
  readonly kind: string;
  /** What its proofs are noted as (RFC 8176), by which `stepUp` knows them: `['otp']`. Default: its kind. */
  readonly methods?: readonly string[];
  /** Whether this user has set it up. */
  enrolled(userId: string): Promise<boolean> | boolean;
}

/** The kinds of second factors of the application, by providers marked `many: true`. */
export const SECOND_FACTORS = token<SecondFactor>('SECOND_FACTORS');

/** Which second factors a user has, so that every way to sign in asks for one (ASVS 5.0, 6.3.3 and 6.3.4). */
@Injectable({ deps: [allOf(SECOND_FACTORS), RecoveryCodes] })
export class SecondFactors {
  readonly #factors: readonly SecondFactor[];
  readonly #recoveryCodes: RecoveryCodes;

  constructor(factors: readonly SecondFactor[], recoveryCodes: RecoveryCodes) {
    this.#factors = factors;
    this.#recoveryCodes = recoveryCodes;
  }

  /** The kinds that this user can answer with, `recovery-code` last; none when there is no factor, for codes alone are no factor. */
  async of(userId: string): Promise<readonly string[]> {
    const kinds = (await this.#enrolled(userId)).map(({ kind }) => kind);
    if (kinds.length === 0) return kinds;
    return (await this.#recoveryCodes.remaining(userId)) > 0 ? [...kinds, RECOVERY_CODE] : kinds;
  }

  /** The kinds of proof by which this user gives a second factor again, such as `otp`; none when there is no factor. */
  async methodsOf(userId: string): Promise<readonly string[]> {
    const enrolled = await this.#enrolled(userId);
    return [...new Set(enrolled.flatMap(({ kind, methods = [kind] }) => methods))];
  }

  async #enrolled(userId: string): Promise<readonly SecondFactor[]> {
    const enrolled = await Promise.all(this.#factors.map(async (factor) => factor.enrolled(userId)));
    return this.#factors.filter((_factor, index) => enrolled[index]);
  }
}
