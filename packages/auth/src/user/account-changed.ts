import { defineEvent } from '@plinth/core';
import type { SessionDevice } from '../session/session-device.js';

/** What has changed in how a user signs in. */
export type AccountChange =
  | 'password-changed'
  | 'password-reset'
  | 'email-changed'
  | 'totp-enabled'
  | 'totp-disabled'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'passkey-added'
  | 'passkey-removed'
  | 'identity-linked'
  | 'identity-unlinked';

/** A change that the owner of an account should hear of. */
export interface AccountChanged {
  readonly userId: string;
  readonly change: AccountChange;
  readonly at: Date;
  /** Where it was made. */
  readonly device: SessionDevice;
  /** What it is about, to be shown: the name of a passkey or provider. */
  readonly detail?: string;
}

/** Emitted after every change to how a user signs in: listen to it to tell the user by mail (ASVS 5.0, 6.3.7). */
export const ACCOUNT_CHANGED = defineEvent<AccountChanged>('auth.account-changed');
