import { MAIL_ERRORS } from '../errors.js';
import type { SentMail } from '../mailer.js';
import type { CheckedMail } from '../message/check-mail.js';
import type { MailTransport } from './mail-transport.js';
import { newMessageId, recipientsOf } from './message-id.js';

/** A mail that the memory transport has kept. */
export interface KeptMail extends CheckedMail {
  readonly id: string;
}

interface Waiting {
  readonly to: string;
  readonly resolve: (mail: KeptMail) => void;
}

/** Keeps mails instead of sending them: for tests. Keeps the last 1,000. */
export class MemoryMailTransport implements MailTransport {
  readonly #kept: KeptMail[] = [];
  readonly #read = new Set<KeptMail>();
  #waiting: Waiting[] = [];

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
    return linkIn(this.last(to));
  }

  /**
   * The oldest mail to an address that no call has given yet; waits for one that is still to come, as mails that go out after an answer are.
   * Throws `MAIL_NONE` after so many milliseconds; 5,000.
   */
  async next(to: string, { timeout = 5_000 }: { readonly timeout?: number } = {}): Promise<KeptMail> {
    const there = this.#kept.find((mail) => recipientsOf(mail).includes(to) && !this.#read.has(mail));
    if (there === undefined) return this.#arrival(to, timeout);
    this.#read.add(there);
    return there;
  }

  clear(): void {
    this.#kept.length = 0;
    this.#read.clear();
  }

  async send(mail: CheckedMail): Promise<SentMail> {
    const id = newMessageId(mail);
    const kept = { ...mail, id };
    this.#kept.push(kept);
    if (this.#kept.length > 1_000) this.#read.delete(this.#kept.shift()!);
    const waiting = this.#waiting.find(({ to }) => recipientsOf(mail).includes(to));
    this.#waiting = this.#waiting.filter((each) => each !== waiting);
    if (waiting) this.#read.add(kept);
    waiting?.resolve(kept);
    return { id, accepted: recipientsOf(mail), rejected: [] };
  }

  #arrival(to: string, timeout: number): Promise<KeptMail> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(MAIL_ERRORS.NONE({ to, timeout }));
      }, timeout);
      const waiting: Waiting = {
        to,
        resolve: (mail) => {
          clearTimeout(timer);
          resolve(mail);
        },
      };
      this.#waiting.push(waiting);
    });
  }
}

/** The first link in the text of a mail; undefined when there is none. */
export function linkIn(mail: { readonly text?: string } | undefined): URL | undefined {
  const link = /https?:\/\/[^\s<>"]+/.exec(mail?.text ?? '')?.[0];
  return link === undefined ? undefined : new URL(link.replace(/[.,;:!?)]+$/, ''));
}
