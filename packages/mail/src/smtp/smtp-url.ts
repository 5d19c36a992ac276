import { isIP } from 'node:net';
import { MAIL_ERRORS } from '../errors.js';

/** Where a mail server is and how to speak to it. `shown` never holds the password. */
export interface SmtpTarget {
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  /** `implicit` from the first byte; `starttls` before anything is said, demanded; `none` on this machine only. */
  readonly tls: 'implicit' | 'starttls' | 'none';
}

/** What a mail URL names. */
export type MailTarget = { readonly kind: 'smtp'; readonly smtp: SmtpTarget } | { readonly kind: 'log' | 'memory' };

/**
 * Reads `smtp://user:password@host:587` (STARTTLS demanded), `smtps://…:465` (TLS), `log:` or `memory:`. Without TLS only to this
 * machine itself, or where `?tls=off` says so and no password would be sent. Throws `MAIL_URL`, without the password.
 */
export function parseMailUrl(text: string): MailTarget {
  const trimmed = text.trim();
  if (trimmed === 'log:' || trimmed === 'memory:') return { kind: trimmed === 'log:' ? 'log' : 'memory' };
  const shown = hide(trimmed);
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw refuse(shown, 'it is no URL');
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw refuse(shown, `"${url.protocol}" is none of smtp:, smtps:, log:, memory:`);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw refuse(shown, 'the host is missing');
  if (url.pathname !== '' && url.pathname !== '/') throw refuse(shown, 'nothing may follow the host and port');
  const unknown = [...url.searchParams.keys()].find((name) => name !== 'tls');
  if (unknown !== undefined) throw refuse(shown, `the parameter "${unknown}" is unknown; known is tls`);
  return { kind: 'smtp', smtp: readTarget(url, host, shown) };
}

function readTarget(url: URL, host: string, shown: string): SmtpTarget {
  const user = decode(url.username, shown);
  const password = decode(url.password, shown);
  if ((user === '') !== (password === '')) throw refuse(shown, 'user and password come together');
  const off = url.searchParams.get('tls');
  if (off !== null && off !== 'off') throw refuse(shown, 'the only value of tls is "off"');
  const secure = url.protocol === 'smtps:';
  if (secure && off !== null) throw refuse(shown, 'smtps: is TLS, and tls=off contradicts it');
  const local = isThisMachine(host);
  if (off !== null && !local && password !== '') throw refuse(shown, 'the password would cross the network in the clear');
  return {
    shown,
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    ...(user !== '' && { user, password }),
    tls: secure ? 'implicit' : off !== null || local ? 'none' : 'starttls',
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function decode(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refuse(shown, 'the user or password is not well encoded');
  }
}

// Greedy up to the last @: passwords may hold unescaped @ and /.
function hide(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:(?:\/\/)?[^:@/?#]*):.*@/is, '$1:***@');
}

function refuse(shown: string, reason: string): Error {
  return MAIL_ERRORS.URL({ url: JSON.stringify(shown), reason });
}
