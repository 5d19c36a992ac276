import { Readable } from 'node:stream';
import { MAIL_ERRORS } from '../errors.js';
import type { CheckedAddress } from '../message/address.js';
import type { CheckedMail } from '../message/check-mail.js';
import { recipientsOf } from '../transport/message-id.js';
import type { SmtpTarget } from './smtp-url.js';

/** Times in milliseconds. */
export interface SmtpSettings {
  readonly connectTimeout: number;
  /** Longest silence of the server in the middle of a conversation. */
  readonly answerTimeout: number;
  /** The name this machine greets with; default: nodemailer's, the host's own. */
  readonly name?: string;
}

/** What a server said to one message. */
export interface SmtpAnswer {
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
}

/** What is read of nodemailer's errors. */
export interface SmtpFailure {
  readonly code?: string;
  /** The server's reply code; without one the server has not answered. */
  readonly responseCode?: number;
  readonly permanent?: boolean;
  readonly message: string;
}

/** A failed attempt: nodemailer's error, and whether the server had the whole message by then. */
export class SmtpAttemptError extends Error {
  constructor(
    readonly failure: SmtpFailure,
    readonly handedOver: boolean,
  ) {
    super(failure.message);
  }
}

/** One connection to a mail server, ready to send. It sends one message at a time. */
export interface SmtpConnection {
  /** Tries to send once. Rejects with `SmtpAttemptError`. */
  send(mail: CheckedMail, id: string): Promise<SmtpAnswer>;
  /** Whether it can take another message. */
  readonly usable: boolean;
  close(): void;
}

/** Connects, greets and signs in. Rejects with `SmtpAttemptError`, and with `MAIL_DRIVER_MISSING` when nodemailer is not installed. */
export async function connectSmtp(target: SmtpTarget, settings: SmtpSettings): Promise<SmtpConnection> {
  const { SMTPConnection, MailComposer } = await loadNodemailer();
  const connection = new SMTPConnection({
    host: target.host,
    port: target.port,
    secure: target.tls === 'implicit',
    requireTLS: target.tls === 'starttls',
    ignoreTLS: target.tls === 'none',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(settings.name !== undefined && { name: settings.name }),
    connectionTimeout: settings.connectTimeout,
    greetingTimeout: settings.connectTimeout,
    socketTimeout: settings.answerTimeout,
    logger: false,
  });
  let usable = true;
  // Reported to whoever is sending, too; here it only keeps the process alive.
  connection.on('error', () => (usable = false));
  connection.once('end', () => (usable = false));
  const fail = (error: unknown, handedOver = false): SmtpAttemptError => {
    usable = false;
    connection.close();
    return new SmtpAttemptError(error as SmtpFailure, handedOver);
  };
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.connect((error) => (error ? reject(error) : resolve()));
  }).catch((error: unknown) => Promise.reject(fail(error)));
  const { user, password = '' } = target;
  if (user !== undefined) {
    await new Promise<void>((resolve, reject) => {
      connection.login({ credentials: { user, pass: password } }, (error) => (error ? reject(error) : resolve()));
    }).catch((error: unknown) => Promise.reject(fail(error)));
  }
  return {
    async send(mail, id) {
      const bytes = await new MailComposer(toOptions(mail, id)).compile().build();
      let handedOver = false;
      // Read only when the server has agreed to take the message.
      const message = Readable.from(
        chunksOf(bytes, () => (handedOver = true)),
        { highWaterMark: 1 },
      );
      const envelope = { from: mail.from.address, to: [...recipientsOf(mail)] };
      return new Promise((resolve, reject) => {
        connection.send(envelope, message, (error, info) => {
          if (!error) return resolve({ accepted: info.accepted.map(String), rejected: info.rejected.map(String) });
          // A refusal leaves the connection as it was; after everything else its state is not known.
          if (error.responseCode === undefined || handedOver) return reject(fail(error, handedOver));
          if (error.responseCode === 421) usable = false;
          connection.reset((problem) => {
            if (problem) usable = false;
            reject(new SmtpAttemptError(error as SmtpFailure, false));
          });
        });
      });
    },
    get usable() {
      return usable;
    },
    close() {
      usable = false;
      connection.quit();
    },
  };
}

const chunk = 65_536;

/** Tells when the last piece is taken: from then on the server may have the whole message. */
function* chunksOf(bytes: Buffer, last: () => void): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunk) {
    if (at + chunk >= bytes.length) last();
    yield bytes.subarray(at, at + chunk);
  }
}

function toOptions(mail: CheckedMail, id: string): object {
  return {
    messageId: `<${id}>`,
    from: toPair(mail.from),
    ...(mail.replyTo && { replyTo: toPair(mail.replyTo) }),
    to: mail.to.map(toPair),
    cc: mail.cc.map(toPair),
    subject: mail.subject,
    text: mail.text,
    ...(mail.html !== undefined && { html: mail.html }),
    headers: mail.headers,
    xMailer: false,
    disableFileAccess: true,
    disableUrlAccess: true,
    attachments: mail.attachments.map(({ filename, content, contentType, contentId }) => ({
      filename,
      content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
      contentType,
      ...(contentId !== undefined && { cid: contentId }),
    })),
  };
}

function toPair({ name, address }: CheckedAddress): { name: string; address: string } {
  return { name, address };
}

const importNodemailer = () => Promise.all([import('nodemailer/lib/smtp-connection'), import('nodemailer/lib/mail-composer')]);

/** The parts of nodemailer that are used. Rejects with `MAIL_DRIVER_MISSING` when it is not installed. @internal */
export async function loadNodemailer(load = importNodemailer) {
  try {
    const [{ default: SMTPConnection }, { default: MailComposer }] = await load();
    return { SMTPConnection, MailComposer };
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw MAIL_ERRORS.DRIVER_MISSING({}, { cause });
  }
}
