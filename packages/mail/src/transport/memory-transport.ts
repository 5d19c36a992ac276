import type { SentMail } from '../mailer.js';
import type { CheckedMail } from '../message/check-mail.js';
import type { MailTransport } from './mail-transport.js';
import { newMessageId, recipientsOf } from './message-id.js';

/** A mail that the memory transport has kept. */
export interface KeptMail extends CheckedMail {
  readonly id: string;
}

/** Keeps mails instead of sending them: for tests. Keeps the last 1,000. */
export class MemoryMailTransport implements MailTransport {
  readonly #kept: KeptMail[] = [];

  /** The mails so far, oldest first. */
  get sent(): readonly KeptMail[] {
    return this.#kept;
  }

  /** The last mail to an address, or of all. */
  last(to?: string): KeptMail | undefined {
    return this.#kept.findLast((mail) => to === undefined || recipientsOf(mail).includes(to));
  }

  /** The first link in the text of the last mail to an address; undefined when there is none. */
  linkTo(to: string): URL | undefined {
    const link = /https?:\/\/[^\s<>"]+/.exec(this.last(to)?.text ?? '')?.[0];
    return link === undefined ? undefined : new URL(link.replace(/[.,;:!?)]+$/, ''));
  }

  clear(): void {
    this.#kept.length = 0;
  }

  async send(mail: CheckedMail): Promise<SentMail> {
    const id = newMessageId(mail);
    this.#kept.push({ ...mail, id });
    if (this.#kept.length > 1_000) this.#kept.shift();
    return { id, accepted: recipientsOf(mail), rejected: [] };
  }
}
