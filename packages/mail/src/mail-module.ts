import {
  APP_INFO,
  type AppInfo,
  configured,
  type ConfiguredModule,
  defineConfig,
  env,
  isAppError,
  LOGGER,
  Module,
  type ModuleOptions,
  type ModuleRef,
  type OnBoot,
  type Problem,
  type Provider,
  provideFactory,
  provideValue,
  SECURITY_INVENTORY,
  token,
  toProblem,
} from '@plinth/core';
import { CheckedMailer } from './checked-mailer.js';
import { MAIL_ERRORS } from './errors.js';
import { mailEntry } from './mail-entry.js';
import { MAILER } from './mailer.js';
import { checkAddress } from './message/address.js';
import type { MailAddress } from './message/mail.js';
import { loadNodemailer } from './smtp/nodemailer.js';
import { type SmtpOptions, SmtpMailTransport } from './smtp/smtp-transport.js';
import { parseMailUrl } from './smtp/smtp-url.js';
import { LogMailTransport } from './transport/log-transport.js';
import { MAIL_TRANSPORT } from './transport/mail-transport.js';
import { MemoryMailTransport } from './transport/memory-transport.js';

/** The options of `MailModule.with`. */
export interface MailModuleOptions {
  /** Who mails are from that do not say it themselves. Without it, the variable `MAIL_FROM`, where it is set. */
  readonly from?: MailAddress;
  /** The mail server when the environment names none; default in development `log:`. In production `MAIL_URL` or this must be set. */
  readonly url?: string;
  /** The environment variable with the URL; default `MAIL_URL`. */
  readonly variable?: string;
  /** Most recipients of a mail; default 100. */
  readonly maxRecipients?: number;
  /** Most bytes of a mail; default 10 MiB. */
  readonly maxBytes?: number;
  /** How SMTP is spoken. */
  readonly smtp?: SmtpOptions;
  /** A provider of `MAIL_TRANSPORT`, instead of what the URL names. */
  readonly transport?: Provider;
  /** Modules whose exports that provider needs. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Mail for the application: provides `MAILER`. `MAIL_URL` says how: `smtp://user:password@host:587`, `smtps://…`, `log:` (the default
 * in development) or `memory:`. Stops the boot with `MAIL_URL`, `MAIL_ADDRESS` or `MAIL_TRANSPORT_IN_PRODUCTION`. SMTP needs the
 * package nodemailer: without it the boot stops with `MAIL_DRIVER_MISSING`.
 *
 * @example
 * @Module({ imports: [MailModule.with({ from: { name: 'Shop', address: 'shop@example.org' } })], providers: [Welcome] })
 * class AppModule {}
 */
@Module(partsOf({}))
export class MailModule {
  /** The module with options; call it once, and list the result where mails are sent. */
  static with(options: MailModuleOptions = {}): ConfiguredModule {
    return configured(MailModule, partsOf(options), { replace: true });
  }
}

interface MailConfig {
  readonly url: string;
  readonly from: string;
}

function partsOf(options: MailModuleOptions): ModuleOptions {
  const { variable = 'MAIL_URL', maxRecipients = 100, maxBytes = 10_485_760 } = options;
  const CONFIG = defineConfig(
    'mail',
    { url: env.string(variable, { default: options.url ?? '' }), from: env.string('MAIL_FROM', { default: '' }) },
    { check: (config) => problemOf(() => parseMailUrl(config.url === '' ? 'log:' : config.url)) },
  );
  const LIFECYCLE = token<MailLifecycle>('mail lifecycle');
  const transport =
    options.transport ??
    provideFactory(MAIL_TRANSPORT, {
      deps: [CONFIG, LOGGER],
      create: (config, logger) => {
        const target = parseMailUrl(config.url === '' ? 'log:' : config.url);
        if (target.kind === 'smtp') return new SmtpMailTransport(target.smtp, options.smtp);
        return target.kind === 'memory' ? new MemoryMailTransport() : new LogMailTransport(logger.child({ module: 'mail' }));
      },
    });
  const senderOf = (config: MailConfig): MailAddress | undefined => options.from ?? (config.from === '' ? undefined : config.from);
  return {
    imports: options.imports ?? [],
    providers: [
      CONFIG,
      transport,
      provideFactory(MAILER, {
        deps: [MAIL_TRANSPORT, CONFIG],
        create: (chosen, config) => new CheckedMailer(chosen, senderOf(config), { maxRecipients, maxBytes }),
        dispose: (mailer) => (mailer as CheckedMailer).close(5_000),
      }),
      provideValue(SECURITY_INVENTORY, (made) => mailEntry(options.transport === undefined ? made(CONFIG)?.url : undefined), {
        many: true,
      }),
      provideFactory(LIFECYCLE, {
        deps: [CONFIG, APP_INFO],
        create: (config, info) => new MailLifecycle(options.transport === undefined ? config.url : undefined, senderOf(config), info),
      }),
    ],
    exports: [MAILER, MAIL_TRANSPORT],
  };
}

/** What can be known about mail before the application listens. */
class MailLifecycle implements OnBoot {
  constructor(
    private readonly url: string | undefined,
    private readonly from: MailAddress | undefined,
    private readonly info: AppInfo,
  ) {}

  async onBoot(): Promise<readonly Problem[]> {
    const { url, from, info } = this;
    const problems = [from === undefined ? undefined : problemOf(() => checkAddress('from', from))];
    const smtp = url !== undefined && url !== '' && parseMailUrl(url).kind === 'smtp';
    const leaves = url === undefined || smtp;
    if (info.production && !leaves && info.inspected !== true) {
      problems.push(toProblem(MAIL_ERRORS.TRANSPORT_IN_PRODUCTION({ url: url === '' ? 'log:' : (url ?? '') })));
    }
    // Not with the first mail, which may be that of somebody who has lost a password.
    if (smtp && info.inspected !== true) problems.push(await problemOfLoading());
    return problems.filter((problem) => problem !== undefined);
  }
}

async function problemOfLoading(): Promise<Problem | undefined> {
  return loadNodemailer().then(
    () => undefined,
    (error: unknown) =>
      problemOf(() => {
        throw error;
      }),
  );
}

function problemOf(check: () => unknown): Problem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (isAppError(error)) return toProblem(error);
    throw error;
  }
}
