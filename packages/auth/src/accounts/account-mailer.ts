import { AsyncLocalStorage } from 'node:async_hooks';
import {
  APP_INFO,
  CLOCK,
  currentContext,
  Injectable,
  isAppError,
  LOGGER,
  type AppInfo,
  type Clock,
  type Logger,
  type OnStop,
} from '@plinth/core';
import { MAILER, type Mailer } from '@plinth/mail';
import { AUTH_ERRORS } from '../errors.js';
import { ACCOUNT_CONFIG, ACCOUNT_SETTINGS, serviceUrl, type AccountSettings } from './accounts-settings.js';
import type { AccountMails } from './account-mails.js';
import { DEFAULT_ACCOUNT_MAILS } from './default-account-mails.js';

/** What the caller says of a mail: all but the name of the service. */
export type FactsOf<Kind extends keyof AccountMails> = Omit<Parameters<AccountMails[Kind]>[0], 'service'>;

/** So many mails are on their way at once, and so many may wait. */
const CONCURRENCY = 4;
const MOST_WAITING = 1_000;
/** Mails that anybody can ask for may fill so much of it: the rest is for those that tell an owner of a change. */
const MOST_ASKED = 750;
const ASKED: ReadonlySet<string> = new Set<keyof AccountMails>([
  'confirm',
  'alreadyRegistered',
  'reset',
  'emailChange',
  'emailChangeAsked',
]);
/** For so long a stop waits for mails. */
const LONGEST_STOP = 20_000;
/** Mails begin so many milliseconds after they are posted, up to twice as many. */
const DELAY = 20;

/**
 * Sends the mails about accounts after the answers that they belong to, so that no answer tells by its time or its failure whether there was
 * a mail. A stop waits for them. What cannot be sent is logged with its code.
 */
@Injectable({ deps: [MAILER, ACCOUNT_SETTINGS, ACCOUNT_CONFIG, APP_INFO, CLOCK, LOGGER] })
export class AccountMailer implements OnStop {
  readonly #mailer: Mailer;
  readonly #mails: AccountMails;
  readonly #links: AccountSettings['links'];
  readonly #url: URL;
  readonly #service: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  // A mail belongs to no request any more, and to no transaction.
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(
    mailer: Mailer,
    settings: AccountSettings,
    config: Parameters<typeof serviceUrl>[0],
    info: AppInfo,
    clock: Clock,
    logger: Logger,
  ) {
    this.#mailer = mailer;
    this.#mails = { ...DEFAULT_ACCOUNT_MAILS, ...settings.mails };
    this.#links = settings.links;
    this.#url = serviceUrl(config, info);
    this.#service = info.name ?? this.#url.host;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The page of a token, below the path of the service. The token is in the fragment, which browsers send to no server, so that it stands in no log and no Referer. */
  linkTo(page: keyof AccountSettings['links'], token: string): string {
    // One text, for a path that is resolved would take the place of that of the service, and one of two slashes that of its host.
    const { origin, pathname } = this.#url;
    return `${new URL(`${origin}${pathname.replace(/\/+$/, '')}${this.#links[page]}`).href}#token=${token}`;
  }

  /** The page of the service itself. */
  get home(): string {
    return this.#url.href;
  }

  /** Sends a mail soon; never throws. */
  post<Kind extends keyof AccountMails>(kind: Kind, facts: FactsOf<Kind>): void {
    const requestId = currentContext()?.id;
    this.#enqueue(kind, () => this.#send(kind, facts, requestId));
  }

  /** Does what `post` does until the answer has gone out, and sends nothing: where there is nobody to send a mail to. */
  pretend<Kind extends keyof AccountMails>(_kind: Kind, _facts: FactsOf<Kind>): void {
    this.#soon();
  }

  /** Resolves when no mail waits and none is on its way. */
  async idle(): Promise<void> {
    if (this.#running === 0 && this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Waits for the mails, 20 s at most. */
  async onStop(): Promise<void> {
    const late = new Promise<boolean>((resolve) => this.#clock.setTimeout(() => resolve(true), LONGEST_STOP, { keepAlive: false }));
    if (!(await Promise.race([this.idle().then(() => false), late]))) return;
    const lost = this.#running + this.#waiting.length;
    this.#waiting.length = 0;
    this.#logger.error({ code: AUTH_ERRORS.ACCOUNT_MAIL.code, lost }, 'the application stops, and mails about accounts have not been sent');
  }

  #enqueue(kind: string, task: () => Promise<void>): void {
    if (this.#waiting.length >= (ASKED.has(kind) ? MOST_ASKED : MOST_WAITING)) {
      const error = AUTH_ERRORS.ACCOUNT_MAIL_QUEUE({ mail: kind, waiting: this.#waiting.length });
      this.#logger.error({ code: error.code, err: error, mail: kind }, error.detail);
      return;
    }
    this.#waiting.push(task);
    this.#soon();
  }

  // When the answer has gone out, and others have been given since: the work on a mail is no part of the time of its own. The machine's timer,
  // for a clock that a test stops must not keep mails back.
  #soon(): void {
    this.#outside(() => setTimeout(() => this.#next(), DELAY + Math.random() * DELAY));
  }

  #next(): void {
    if (this.#running >= CONCURRENCY) return;
    const send = this.#waiting.shift();
    if (send === undefined) return;
    this.#running += 1;
    void send().finally(() => {
      this.#running -= 1;
      this.#next();
      if (this.#running > 0 || this.#waiting.length > 0) return;
      for (const resolve of this.#idle.splice(0)) resolve();
    });
  }

  async #send<Kind extends keyof AccountMails>(kind: Kind, facts: FactsOf<Kind>, requestId: string | undefined): Promise<void> {
    try {
      const compose = this.#mails[kind] as (all: object) => ReturnType<AccountMails[Kind]>;
      const content = await compose({ ...facts, service: this.#service });
      await this.#mailer.send({ ...content, to: facts.email });
    } catch (cause) {
      const error = AUTH_ERRORS.ACCOUNT_MAIL({ mail: kind }, { cause });
      // Neither the address nor the link: only why.
      const reason = isAppError(cause) ? cause.code : cause instanceof Error ? cause.name : 'unknown';
      this.#logger.error({ code: error.code, reason, err: error, mail: kind, ...(requestId !== undefined && { requestId }) }, error.detail);
    }
  }
}
