import { randomBytes } from 'node:crypto';
import type { CheckedMail } from '../message/check-mail.js';

/** A new Message-ID (RFC 5322, section 3.6.4) without brackets; of the sender's domain, so that no host's name leaves the house. */
export function newMessageId({ from }: Pick<CheckedMail, 'from'>): string {
  return `${randomBytes(18).toString('base64url')}@${from.address.slice(from.address.lastIndexOf('@') + 1)}`;
}

/** Everybody who gets the mail. */
export function recipientsOf({ to, cc, bcc }: Pick<CheckedMail, 'to' | 'cc' | 'bcc'>): readonly string[] {
  return [...new Set([...to, ...cc, ...bcc].map(({ address }) => address))];
}
