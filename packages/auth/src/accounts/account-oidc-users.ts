import { CLOCK, provideFactory, type Clock, type Provider } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { OIDC_USERS, type OidcProfile, type OidcUsers } from '../oidc/oidc-users.js';
import { SecurityEvents } from '../protect/security-events.js';
import { ACCOUNT_STORE, type AccountStore } from './account-store.js';
import type { AccountRecord } from './account.js';
import { ACCOUNT_SETTINGS, type AccountSettings } from './accounts-settings.js';
import { findAddress } from './address.js';
import { newAccountRecord } from './new-account-record.js';
import { readName } from './read-name.js';

/**
 * Accounts for sign-in through other providers: `OidcModule.with({ users: accountOidcUsers })`. Where registration is closed they make no new
 * accounts either (`AUTH_REGISTRATION_CLOSED`).
 */
// By the store and not by Accounts, which needs what belongs to accounts, and that may need this.
export const accountOidcUsers: Provider = provideFactory(OIDC_USERS, {
  deps: [ACCOUNT_STORE, ACCOUNT_SETTINGS, SecurityEvents, CLOCK],
  create: toOidcUsers,
  whenNeeded: true,
});

function toOidcUsers(store: AccountStore, settings: AccountSettings, events: SecurityEvents, clock: Clock): OidcUsers {
  return {
    async findByEmail(email) {
      const address = findAddress(email);
      const record = address && (await store.findByKey(address.key));
      // Two addresses with one key may be two mailboxes: that one is verified says nothing of the other.
      const same = record !== undefined && address !== undefined && asciiLowerCase(record.email) === asciiLowerCase(address.email);
      return record && { id: record.id, emailVerified: same && record.emailVerifiedAt !== null };
    },
    async create(profile) {
      if (!settings.open) throw AUTH_ERRORS.REGISTRATION_CLOSED();
      const record = recordOf(profile, clock.date());
      if (!(await store.insert(record))) return undefined;
      const details = { provider: profile.provider };
      events.note({ type: 'account.registered', outcome: 'success', userId: record.id, details });
      return record.id;
    },
    async nameOf(userId) {
      const record = await store.find(userId);
      return record?.disabledAt === null ? record.email : undefined;
    },
  };
}

function recordOf({ email, name }: OidcProfile, now: Date): AccountRecord {
  return newAccountRecord({ email, name: nameOr(name), passwordHash: null, verified: true }, now);
}

function asciiLowerCase(email: string): string {
  return email.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

// What a provider calls its user is no reason to refuse the sign-in.
function nameOr(name: string | null): string | null {
  try {
    return readName(name);
  } catch {
    return null;
  }
}
