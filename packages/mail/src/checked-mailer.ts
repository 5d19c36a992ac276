import { MAIL_ERRORS } from './errors.js';
import type { Mailer, SentMail } from './mailer.js';
import { checkMail, type MailLimits } from './message/check-mail.js';
import type { Mail, MailAddress } from './message/mail.js';
import type { MailTransport } from './transport/mail-transport.js';

/** Checks each mail before the transport sees it, and ends with the application. */
export class CheckedMailer implements Mailer {
  #closed = false;
  #sending = 0;

  constructor(
    private readonly transport: MailTransport,
    private readonly from: MailAddress | undefined,
    private readonly limits: MailLimits,
  ) {}

  async send(mail: Mail): Promise<SentMail> {
    if (this.#closed) throw MAIL_ERRORS.CLOSED();
    const checked = checkMail(mail, this.from, this.limits);
    this.#sending++;
    try {
      return await this.transport.send(checked);
    } finally {
      this.#sending--;
    }
  }

  /** Refuses new mails, waits up to `grace` ms for those on their way. */
  async close(grace: number): Promise<void> {
    this.#closed = true;
    const end = performance.now() + grace;
    while (this.#sending > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    await this.transport.close?.();
  }
}
