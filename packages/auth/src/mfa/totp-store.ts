import { token } from '@plinth/core';

/** An authenticator as it is stored. Times are milliseconds since 1970 (UTC). */
export interface ActiveTotp {
  /** The id of the enrolment: a UUID. */
  readonly id: string;
  /** The shared secret, encrypted. */
  readonly secret: string;
  /** The time step of the last code that was taken: neither it nor an earlier one is taken again. */
  readonly lastStep: number;
  readonly confirmedAt: number;
}

/** An authenticator that waits for its first code. */
export interface PendingTotp {
  readonly id: string;
  readonly secret: string;
  readonly startedAt: number;
}

/** What is stored of one user. */
export interface TotpRecord {
  readonly active: ActiveTotp | undefined;
  readonly pending: PendingTotp | undefined;
}

/**
 * Where authenticators are kept: for each user one in use, and one that waits to be confirmed. Implement it to keep them elsewhere, and
 * prove it with `describeTotpStore`. A store neither judges times nor makes or reads secrets; each method is one atomic step.
 */
export interface TotpStore {
  /** What is stored of a user; undefined when nothing is. */
  find(userId: string): Promise<TotpRecord | undefined>;
  /** Stores an authenticator that waits, instead of one that waited before. The one in use stays. */
  begin(userId: string, pending: PendingTotp): Promise<void>;
  /** Puts the waiting authenticator with `active.id` in use, instead of the one in use. False when it does not wait (any more). */
  confirm(userId: string, active: ActiveTotp): Promise<boolean>;
  /** Notes the step of a code of the authenticator in use. False when it has another id by now, or the step is not later than the last. */
  use(userId: string, id: string, step: number): Promise<boolean>;
  /** Replaces the ciphertext of the secret, if it still is the one that was read. */
  replaceSecret(userId: string, id: string, from: string, to: string): Promise<boolean>;
  /** Removes everything of a user. False when there was nothing. */
  remove(userId: string): Promise<boolean>;
}

/** Where authenticators are kept: the memory of this process, unless `secondFactor.totpStore` says otherwise. */
export const TOTP_STORE = token<TotpStore>('TOTP_STORE', { from: 'AuthModule of @plinth/auth' });
