import { defineErrors } from '@plinth/core';

/** Every error that `@plinth/mail` raises; each code (`MAIL_…`) has a page in `docs/reference/errors/`. */
export const MAIL_ERRORS = defineErrors('MAIL', {
  ADDRESS: {
    kind: 'invalid',
    detail: 'The address in {field} cannot be used: {reason}.',
    help: 'Give one address like "ann@example.org", or { name, address }. Check addresses that users type with a schema of the format "email".',
  },
  ATTACHMENT: {
    kind: 'internal',
    detail: 'Attachment {number} cannot be used: {reason}.',
    help: 'Give { filename, content } with a text or bytes, and a contentType like "application/pdf".',
  },
  CLOSED: {
    kind: 'unavailable',
    detail: 'The mailer is closed: the application stops.',
    help: 'Send before the application stops, or from a job that runs again.',
  },
  DRIVER_MISSING: {
    kind: 'internal',
    detail: 'SMTP needs the package nodemailer, which is not installed.',
    help: 'Install it beside @plinth/mail: npm install nodemailer.',
  },
  HEADER: {
    kind: 'invalid',
    detail: 'The mail header {field} cannot be written: {reason}.',
    help: 'Remove line breaks and control characters from what users write before it becomes a subject, a name or a header.',
  },
  MESSAGE: {
    kind: 'internal',
    detail: 'The mail cannot be sent: {reason}.',
    help: 'Correct the message where it is made.',
  },
  OUTCOME_UNKNOWN: {
    kind: 'unavailable',
    detail: 'The mail server {server} was given the whole message, and the connection ended before it answered: {reason}.',
    help: 'The mail may have been sent or not. It is not sent again by itself, as it could then arrive twice.',
  },
  REFUSED: {
    kind: 'invalid',
    detail: 'The mail server {server} refused the message for good: {reason}.',
    help: 'Look at the reply of the server: an unknown recipient, a sender that it does not accept, or content that it takes for spam.',
  },
  TRANSPORT_IN_PRODUCTION: {
    kind: 'internal',
    detail: 'MAIL_URL is "{url}" in production: no mail would leave, and links for signing in would stand in the log.',
    help: 'Set MAIL_URL to the mail server: smtp://user:password@host:587 or smtps://user:password@host:465.',
  },
  TOO_LARGE: {
    kind: 'too-large',
    detail: 'The message has {bytes} bytes; {limit} are allowed.',
    help: 'Send a link instead of the attachment, or raise `maxBytes` of MailModule.with to what the mail server takes.',
  },
  UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'The mail server {server} does not take the message now: {reason}.',
    help: 'The message was not sent; send it again later. If this does not end: check host, port, user and password in MAIL_URL.',
  },
  NONE: {
    kind: 'internal',
    detail: 'No mail to {to} has come within {timeout} ms.',
    help: 'Look at MemoryMailTransport.sent for what was sent, and in the log for what could not be.',
  },
  URL: {
    kind: 'internal',
    detail: 'The mail URL {url} cannot be used: {reason}.',
    help: 'Use smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465 (TLS), log: or memory:.',
  },
});
