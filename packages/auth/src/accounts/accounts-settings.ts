import { defineConfig, env, token, type AppInfo } from '@plinth/core';
import { developmentUrl } from '../development-url.js';
import { AUTH_ERRORS } from '../errors.js';
import type { AccountMails } from './account-mails.js';

/** The pages that links in mails lead to: paths below `APP_URL`, whose own path comes before them. The token stands in the fragment: `/reset#token=…`. */
export interface AccountLinks {
  /** Where a registration is confirmed; `/confirm`. */
  readonly confirm?: string;
  /** Where a new password is chosen, after a reset or an invitation; `/reset`. */
  readonly reset?: string;
  /** Where a new address is confirmed; `/email`. */
  readonly email?: string;
}

/** What `AccountsModule.with` takes, besides providers. */
export interface AccountSettingsOptions {
  readonly links?: AccountLinks;
  /** Mails of yours, one by one, in the place of the defaults. */
  readonly mails?: Partial<AccountMails>;
  /** Whether anybody can register; `open`. With `closed` accounts come from `Accounts.create` and `invite`. */
  readonly registration?: 'open' | 'closed';
  /**
   * How many mails an hour one address gets for each kind of asking (registrations, resets, changes of address); 5. Resets get one more every
   * ten minutes, so that there is always a link that works.
   */
  readonly mailsPerHour?: number;
}

/** The options with every default filled in. */
export interface AccountSettings {
  readonly links: Required<AccountLinks>;
  readonly mails: Partial<AccountMails>;
  readonly open: boolean;
  readonly mailsPerHour: number;
}

/** @internal */
export const ACCOUNT_SETTINGS = token<AccountSettings>('ACCOUNT_SETTINGS', { from: 'AccountsModule of @plinth/auth/accounts' });

/** Where the service is reached. @internal */
export const ACCOUNT_CONFIG = defineConfig('accounts', {
  url: env.url('APP_URL', { optional: true, protocols: ['http', 'https'] }),
  port: env.port('PORT', { default: 3_000 }),
});

const DEFAULT_LINKS = { confirm: '/confirm', reset: '/reset', email: '/email' } as const;

/** Fills in the defaults. Throws `AUTH_ACCOUNT_OPTIONS` when a value makes no sense. */
export function accountSettings(options: AccountSettingsOptions = {}): AccountSettings {
  const { registration = 'open', mailsPerHour = 5, mails = {} } = options;
  const links = { ...DEFAULT_LINKS, ...options.links };
  for (const [name, path] of Object.entries(links))
    check(`links.${name}`, path, /^\/(?![/\\])[^#\s\\]*$/.test(path), 'it must be a path that begins with one slash, without a fragment');
  check('registration', registration, registration === 'open' || registration === 'closed', 'it must be "open" or "closed"');
  const counts = Number.isInteger(mailsPerHour) && mailsPerHour >= 1 && mailsPerHour <= 100;
  check('mailsPerHour', mailsPerHour, counts, 'it must be an integer from 1 to 100');
  return { links, mails, open: registration === 'open', mailsPerHour };
}

/**
 * The address of the service, from the configuration and never from a request. While developing, this machine. Throws `AUTH_ACCOUNT_URL`
 * in production.
 */
export function serviceUrl(config: { readonly url?: string | URL | undefined; readonly port: number }, info: AppInfo): URL {
  if (config.url !== undefined) return withoutExtras(new URL(config.url));
  if (info.production && info.inspected !== true) throw AUTH_ERRORS.ACCOUNT_URL();
  return developmentUrl(config.port);
}

// Links in mails are read by others: a password that a proxy asks for is not for them.
function withoutExtras(url: URL): URL {
  return Object.assign(url, { username: '', password: '', search: '', hash: '' });
}

function check(option: string, value: unknown, ok: boolean, rule: string): void {
  if (!ok) throw AUTH_ERRORS.ACCOUNT_OPTIONS({ option, value: JSON.stringify(value) ?? String(value), rule });
}
