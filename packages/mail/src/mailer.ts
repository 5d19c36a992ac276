import { token } from '@plinth/core';
import type { Mail } from './message/mail.js';

/** What became of a mail. */
export interface SentMail {
  /** Its Message-ID without angle brackets. */
  readonly id: string;
  /** Recipients that the server took. */
  readonly accepted: readonly string[];
  /** Recipients that it refused, while it took others. */
  readonly rejected: readonly string[];
}

/** Sends mails. */
export interface Mailer {
  /**
   * Sends a mail and resolves when the server has taken it. Throws, before anything is sent, `MAIL_ADDRESS`, `MAIL_HEADER`,
   * `MAIL_MESSAGE`, `MAIL_ATTACHMENT` and `MAIL_TOO_LARGE`; then `MAIL_REFUSED` (for good), `MAIL_UNAVAILABLE` (not sent, try again
   * later), `MAIL_OUTCOME_UNKNOWN` (perhaps sent), `MAIL_CLOSED`.
   *
   * @example
   * await mailer.send({ to: user.email, ...welcome({ name: user.name, link }) });
   */
  send(mail: Mail): Promise<SentMail>;
}

/** The application's mailer. */
export const MAILER = token<Mailer>('MAILER', { from: 'MailModule of @plinth/mail' });
