import { token } from '@plinth/core';

/**
 * Where recovery codes are kept, as hashes only. Implement it to keep them elsewhere, and prove it with `describeRecoveryCodeStore`.
 * Each method is one atomic step.
 */
export interface RecoveryCodeStore {
  /** Stores the hashes (43 characters each) of a user's new codes instead of all former ones; of two such steps at once one stands, whole. */
  replace(userId: string, hashes: readonly string[]): Promise<void>;
  /** Takes a code out. False when the user has no such code: of two who take the same one, one gets it. */
  take(userId: string, hash: string): Promise<boolean>;
  /** How many codes the user has left. */
  count(userId: string): Promise<number>;
  /** Removes all codes of a user; gives their number. */
  remove(userId: string): Promise<number>;
}

/** Where recovery codes are kept: the memory of this process, unless `secondFactor.recoveryCodeStore` says otherwise. */
export const RECOVERY_CODE_STORE = token<RecoveryCodeStore>('RECOVERY_CODE_STORE', { from: 'AuthModule of @plinth/auth' });
