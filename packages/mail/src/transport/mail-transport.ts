import { token } from '@plinth/core';
import type { SentMail } from '../mailer.js';
import type { CheckedMail } from '../message/check-mail.js';

/** Brings checked mails to where they go. Port: an author's own is proved by `describeMailTransport` of `@plinth/mail/testing`. */
export interface MailTransport {
  /** Sends one mail. Throws `MAIL_REFUSED`, `MAIL_UNAVAILABLE`, `MAIL_OUTCOME_UNKNOWN`. */
  send(mail: CheckedMail): Promise<SentMail>;
  /** Asks whether mails would be taken. Throws `MAIL_UNAVAILABLE`. */
  check?(): Promise<void>;
  /** Ends its connections; those in use when their mail is through. Called when no mail is on its way, or after waiting for them. */
  close?(): Promise<void>;
}

/** The transport of `MAILER`: give a provider of your own to `MailModule.with({ transport })`. */
export const MAIL_TRANSPORT = token<MailTransport>('MAIL_TRANSPORT', { from: 'MailModule of @plinth/mail' });
