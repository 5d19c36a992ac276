import type { MailContent } from '@plinth/mail';
import type { SessionDevice } from '../session/session-device.js';
import type { AccountChange } from '../user/account-changed.js';

/** What every mail knows. */
export interface MailFacts {
  /** The name of the service: `APP_NAME`, or the host of `APP_URL`. */
  readonly service: string;
  /** The address that the mail goes to. */
  readonly email: string;
}

/** A mail with a link that is good for one time. */
export interface LinkMailFacts extends MailFacts {
  /** Whoever has it can do what it is for: it stands in no log. */
  readonly link: string;
  /** For how many minutes it is good. */
  readonly minutes: number;
}

/** A mail to the owner of an account. */
export interface OwnerMailFacts extends MailFacts {
  readonly name: string | null;
}

/** A mail about a new address. */
export interface AddressMailFacts extends OwnerMailFacts {
  readonly newEmail: string;
}

/** A mail about a change to how an account signs in. */
export interface ChangeMailFacts extends OwnerMailFacts {
  readonly change: AccountChange;
  readonly at: Date;
  readonly device: SessionDevice;
  /** What it is about: the name of a passkey or provider, the number of recovery codes that are left. */
  readonly detail: string | undefined;
}

/** A mail about a sign-in. */
export interface DeviceMailFacts extends OwnerMailFacts {
  readonly at: Date;
  readonly device: SessionDevice;
}

/** What a function for a mail gives. */
export type MailOf = MailContent | Promise<MailContent>;

/**
 * The mails about accounts. Replace them one by one: `AccountsModule.with({ mails: { reset: ({ link }) => ... } })`. What is not confirmed
 * stands in none: the name that somebody gave at a registration would be a letter of theirs to whom they like.
 */
export interface AccountMails {
  /** To an address that somebody has registered. */
  confirm(facts: LinkMailFacts): MailOf;
  /** To the owner of an account whose address was registered again. `link` leads to the service, not into the account. */
  alreadyRegistered(facts: OwnerMailFacts & { readonly link: string }): MailOf;
  /** To the owner of an account, for a new password. No mail goes to addresses that nobody has. */
  reset(facts: LinkMailFacts & OwnerMailFacts): MailOf;
  /** To somebody for whom an account was made, to choose a password. */
  invitation(facts: LinkMailFacts & OwnerMailFacts): MailOf;
  /** To the new address, to confirm it. */
  emailChange(facts: LinkMailFacts): MailOf;
  /** To the present address, once a change was asked for. */
  emailChangeAsked(facts: AddressMailFacts): MailOf;
  /** To the former address, after the change. */
  emailChanged(facts: AddressMailFacts): MailOf;
  /** After every other change to how the account signs in (ASVS 5.0, 6.3.7). */
  changed(facts: ChangeMailFacts): MailOf;
  /** After a sign-in from a device that is not known (ASVS 5.0, 6.3.5). */
  newDevice(facts: DeviceMailFacts): MailOf;
}
