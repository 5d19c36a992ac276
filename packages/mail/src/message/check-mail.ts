import { MAIL_ERRORS } from '../errors.js';
import { type CheckedAddress, checkAddress } from './address.js';
import { checkAttachments, type CheckedAttachment } from './attachments.js';
import { controlIn } from './control-characters.js';
import { checkHeaders } from './headers.js';
import type { Mail, MailAddress } from './mail.js';

/** A mail in which everything is decided and nothing can break a header. What a `MailTransport` gets. */
export interface CheckedMail {
  readonly from: CheckedAddress;
  readonly replyTo?: CheckedAddress;
  readonly to: readonly CheckedAddress[];
  readonly cc: readonly CheckedAddress[];
  readonly bcc: readonly CheckedAddress[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly CheckedAttachment[];
}

/** What a mail may be at most. */
export interface MailLimits {
  readonly maxRecipients: number;
  readonly maxBytes: number;
}

const longestSubject = 500;

/** Checks a mail. Throws `MAIL_ADDRESS`, `MAIL_HEADER`, `MAIL_MESSAGE`, `MAIL_ATTACHMENT`, `MAIL_TOO_LARGE`, never with what it says. */
export function checkMail(mail: Mail, defaultFrom: MailAddress | undefined, limits: MailLimits): CheckedMail {
  const given = mail.from ?? defaultFrom;
  if (given === undefined) throw refuse('it has no sender; give `from` in the mail or to MailModule.with');
  const to = listOf('to', mail.to);
  const cc = listOf('cc', mail.cc);
  const bcc = listOf('bcc', mail.bcc);
  const recipients = to.length + cc.length + bcc.length;
  if (recipients === 0) throw refuse('it has no recipient');
  if (recipients > limits.maxRecipients) throw refuse(`it has ${recipients} recipients; ${limits.maxRecipients} are allowed`);
  const checked: CheckedMail = {
    from: checkAddress('from', given),
    ...(mail.replyTo !== undefined && { replyTo: checkAddress('replyTo', mail.replyTo) }),
    to,
    cc,
    bcc,
    subject: checkSubject(mail.subject),
    text: checkText(mail.text),
    ...(mail.html !== undefined && { html: checkHtml(mail.html) }),
    headers: checkHeaders(mail.headers ?? {}),
    attachments: checkAttachments(mail.attachments ?? []),
  };
  const bytes = sizeOf(checked);
  if (bytes > limits.maxBytes) throw MAIL_ERRORS.TOO_LARGE({ bytes, limit: limits.maxBytes });
  return checked;
}

function listOf(field: string, given: Mail['to'] | undefined): readonly CheckedAddress[] {
  if (given === undefined) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((address, index) => checkAddress(list.length === 1 ? field : `${field}[${index}]`, address));
}

function checkSubject(subject: unknown): string {
  if (typeof subject !== 'string' || subject.trim() === '') throw refuse('its subject is not a text, or empty');
  const control = controlIn(subject);
  if (control !== undefined) throw MAIL_ERRORS.HEADER({ field: 'Subject', reason: `it holds ${control}` });
  if (subject.length > longestSubject)
    throw MAIL_ERRORS.HEADER({ field: 'Subject', reason: `it has more than ${longestSubject} characters` });
  return subject;
}

function checkText(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw refuse('its text is not a text, or empty; a mail with markup needs one, too');
  return wellFormed('text', text);
}

function checkHtml(html: unknown): string {
  const markup = html as { readonly text?: unknown };
  if (typeof html !== 'object' || html === null || typeof markup.text !== 'string')
    throw refuse('its html is not made by the tag html of @plinth/http, nor by trustedHtml(...); a plain text would not be escaped');
  return wellFormed('html', markup.text);
}

function wellFormed(name: string, text: string): string {
  if (!text.isWellFormed()) throw refuse(`its ${name} holds half of a surrogate pair`);
  if (text.includes('\0')) throw refuse(`its ${name} holds the character U+0000`);
  return text;
}

// As it will travel, about: attachments grow by a third in base64.
function sizeOf(mail: CheckedMail): number {
  const attachments = mail.attachments.reduce((sum, { content }) => sum + Math.ceil(content.byteLength / 3) * 4, 0);
  return Buffer.byteLength(mail.text) + Buffer.byteLength(mail.html ?? '') + attachments;
}

function refuse(reason: string): Error {
  return MAIL_ERRORS.MESSAGE({ reason });
}
