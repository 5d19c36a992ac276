import { BlockList, isIP } from 'node:net';
import { type Field, env, type Problem, toProblem } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { ConnectionTarget } from './connection-url.js';
import { tlsOf } from './tls-of.js';

/**
 * What happens in production to a connection without TLS that leaves this machine: `refuse`, unless the network in between is one that
 * nobody else can read or write: `trusted-network`.
 */
export type Plaintext = 'refuse' | 'trusted-network';

/** Where a server is, and whether the way there is encrypted. */
export interface ServerTarget {
  /** The URL without its password. */
  readonly shown: string;
  /** A name or an address; the path of a Unix socket begins with a slash. */
  readonly host: string;
  readonly tls: boolean;
  /** How its URL switches TLS on. */
  readonly cure: string;
}

/** The field of the waiver, beside the variable with the URL: `DATABASE_PLAINTEXT` for `DATABASE_URL`. It stands over the option. */
export function plaintextField(variable: string, option: Plaintext = 'refuse'): Field<Plaintext> {
  return env.oneOf(plaintextVariable(variable), ['refuse', 'trusted-network'], {
    default: option,
    describe: 'Whether production goes without TLS to a server that is not on this machine: refuse or trusted-network.',
  });
}

function plaintextVariable(variable: string): string {
  return `${variable.replace(/_URL$/, '')}_PLAINTEXT`;
}

/** The problem of a boot in production that would send passwords and data unencrypted (ASVS 5.0, 12.3.1); undefined: there is none. */
export function plaintextProblem(target: ServerTarget, plaintext: Plaintext, variable: string): Problem | undefined {
  if (plaintext === 'trusted-network' || target.tls || isThisMachine(target.host)) return undefined;
  const { shown: url, host, cure } = target;
  return toProblem(DATA_ERRORS.PLAINTEXT({ url, host, cure, variable: plaintextVariable(variable) }), variable);
}

/** Where the connections of a database go; undefined for SQLite, which has no server. */
export function serverOf(target: ConnectionTarget): ServerTarget | undefined {
  const { dialect, shown, host = '', parameters } = target;
  const tls = tlsOf(target) !== 'off';
  switch (dialect) {
    case 'postgres':
      return { shown, host: parameters['host'] ?? host, tls, cure: 'Put sslmode=verify-full into the parameters of the URL.' };
    case 'mysql':
      return {
        shown,
        host: parameters['socketPath'] === undefined ? host : '/',
        tls,
        cure: 'Put ssl=true into the parameters of the URL.',
      };
    case 'mssql':
      return { shown, host, tls, cure: 'Remove encrypt=false from the URL.' };
    case 'sqlite':
      return undefined;
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

// Private addresses are other machines: whoever else is on that network could read along.
function isThisMachine(host: string): boolean {
  if (host.startsWith('/') || host.toLowerCase() === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}
