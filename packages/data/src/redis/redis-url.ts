import { hidePassword } from '../database/connection-url.js';
import { DATA_ERRORS } from '../errors.js';

/** A Redis URL in parts. `shown` never holds the password. */
export interface RedisTarget {
  readonly shown: string;
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
  readonly database: number;
  /** `rediss:`; the server's certificate is checked unless the URL says `?tls=no-verify`. */
  readonly tls: 'verify' | 'no-verify' | undefined;
}

/** Reads `redis://user:password@host:6379/0` or `rediss://…` (TLS). Throws `DATA_REDIS_URL`, without the password, for anything else. */
export function parseRedisUrl(text: string): RedisTarget {
  const trimmed = text.trim();
  const shown = hidePassword(trimmed);
  const refuse = (reason: string): Error => DATA_ERRORS.REDIS_URL({ url: JSON.stringify(shown), reason });
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw refuse('it is no URL');
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') throw refuse(`"${url.protocol}" is not redis: or rediss:`);
  const path = url.pathname.replace(/^\//, '');
  if (!/^\d{0,5}$/.test(path)) throw refuse('after the host stands the number of the database, such as /0');
  const secure = url.protocol === 'rediss:';
  for (const [name, value] of url.searchParams)
    if (name !== 'tls' || value !== 'no-verify' || !secure)
      throw refuse(`the parameter "${name}" is unknown; the only one is tls=no-verify, of rediss: URLs`);
  const user = decode(url.username);
  const password = decode(url.password);
  if (user === undefined || password === undefined) throw refuse('the user or password is not well encoded');
  return {
    shown,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: url.port === '' ? 6379 : Number(url.port),
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
    database: Number(path),
    tls: !secure ? undefined : url.searchParams.has('tls') ? 'no-verify' : 'verify',
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
