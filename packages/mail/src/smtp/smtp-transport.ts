import { MAIL_ERRORS } from '../errors.js';
import type { SentMail } from '../mailer.js';
import type { CheckedMail } from '../message/check-mail.js';
import type { MailTransport } from '../transport/mail-transport.js';
import { newMessageId } from '../transport/message-id.js';
import { connectSmtp, SmtpAttemptError, type SmtpFailure } from './nodemailer.js';
import { SmtpConnections } from './smtp-connections.js';
import type { SmtpTarget } from './smtp-url.js';

/** How mails are sent over SMTP; times in milliseconds. */
export interface SmtpOptions {
  /** Longest time to connect and be greeted; default 5,000. */
  readonly connectTimeout?: number;
  /** Longest silence of the server in the middle of a conversation; default 30,000. */
  readonly answerTimeout?: number;
  /** Most connections at a time; default 5. */
  readonly maxConnections?: number;
  /** How often a mail is tried that the server certainly has not got: unreachable, or "try again later" (4yz); default 3. */
  readonly attempts?: number;
  /** The name this machine greets the server with (EHLO); default: its host name. */
  readonly name?: string;
}

/** Sends over SMTP (RFC 5321). A mail that the server may have is never sent twice by itself. */
export class SmtpMailTransport implements MailTransport {
  readonly #attempts: number;
  readonly #connections: SmtpConnections;

  constructor(
    private readonly target: SmtpTarget,
    options: SmtpOptions = {},
  ) {
    const { connectTimeout = 5_000, answerTimeout = 30_000, maxConnections = 5, attempts = 3, name } = options;
    this.#attempts = attempts;
    this.#connections = new SmtpConnections(maxConnections, () =>
      connectSmtp(target, { connectTimeout, answerTimeout, ...(name !== undefined && { name }) }),
    );
  }

  async send(mail: CheckedMail): Promise<SentMail> {
    // The same id at each attempt, so that whoever reads the server's log can tell.
    const id = newMessageId(mail);
    for (let attempt = 1; ; attempt++) {
      try {
        return { id, ...(await this.#connections.use((connection) => connection.send(mail, id))) };
      } catch (error) {
        const failure = this.#toFailure(error);
        if (failure.code !== 'MAIL_UNAVAILABLE' || attempt >= this.#attempts || isFinal(error)) throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt * (0.5 + Math.random())));
    }
  }

  async check(): Promise<void> {
    try {
      await this.#connections.use(() => Promise.resolve());
    } catch (error) {
      throw this.#toFailure(error);
    }
  }

  async close(): Promise<void> {
    this.#connections.close();
  }

  #toFailure(error: unknown): Error & { readonly code: string } {
    if (!(error instanceof SmtpAttemptError)) throw error;
    const { failure, handedOver } = error;
    const server = `${this.target.host}:${this.target.port}`;
    const reason = reasonOf(failure);
    const options = { cause: failure as unknown };
    // An answer settles the outcome; without one, the server may have taken what it was given.
    if (failure.responseCode === undefined && handedOver) return MAIL_ERRORS.OUTCOME_UNKNOWN({ server, reason }, options);
    if (failure.permanent === true && failure.code !== 'EAUTH') return MAIL_ERRORS.REFUSED({ server, reason }, options);
    return MAIL_ERRORS.UNAVAILABLE({ server, reason }, options);
  }
}

// What another attempt in a moment would meet again.
const lasting = new Set(['EAUTH', 'ENOAUTH', 'ETLS', 'ECONFIG', 'EPROTOCOL']);

function isFinal(error: unknown): boolean {
  return error instanceof SmtpAttemptError && lasting.has(error.failure.code ?? '');
}

const words: Readonly<Record<string, string>> = {
  ECONNECTION: 'the connection ended',
  ESOCKET: 'the connection failed',
  EDNS: 'its host name is unknown',
  ETIMEDOUT: 'it does not answer',
  ETLS: 'no encrypted connection can be made',
  EAUTH: 'user or password is refused',
};

// A server's reply may quote recipients, so only its codes are told (RFC 5321, section 4.2; RFC 3463).
function reasonOf({ code = '', responseCode, message }: SmtpFailure): string {
  const said = words[code] ?? 'it refuses';
  if (responseCode === undefined) return code === '' ? said : `${said} (${code})`;
  const enhanced = /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(message)?.[0];
  return `${words[code] ?? 'it answers'} ${responseCode}${enhanced === undefined ? '' : ` ${enhanced}`}`;
}
