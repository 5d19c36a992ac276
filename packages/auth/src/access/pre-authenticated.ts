import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Key } from '@plinth/core';
import { defineGuard, noCredential, unauthenticated, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { UserSource } from '../user/users.js';
import { noteActor } from './note-actor.js';
import type { UserOf } from './user-of.js';

/** What `preAuthenticated` adds to the handler's context. */
export interface PreAuthenticatedFacts<User> {
  readonly user: User;
}

/** Which proxy is believed, and where it writes the user. */
export interface PreAuthenticatedOptions<Source> {
  /** The header in which the proxy sends the id of the user, such as `X-Remote-User`. It must take this header away from what clients send. */
  readonly header: string;
  /** Addresses and networks of the proxies: the socket's other end must be one of them. */
  readonly proxies: readonly [string, ...string[]];
  /** The class or token that has `findById`, visible in the module of the route. */
  readonly users: Key<Source>;
}

/**
 * A guard that believes a proxy which has authenticated the user. The header counts only on connections from the proxies named here,
 * whatever forwarded headers say. Unsafe requests must come from this site, as the proxy knows the user by a cookie or the like. Refuses
 * with `HTTP_NO_CREDENTIAL` or `HTTP_UNAUTHENTICATED` (401); throws `AUTH_OPTIONS`.
 *
 * @example
 * const staff = guarded(preAuthenticated({ header: 'X-Remote-User', proxies: ['10.0.0.5'], users: Staff }));
 */
export function preAuthenticated<Source extends UserSource<unknown>>(
  options: PreAuthenticatedOptions<Source>,
): Guard<PreAuthenticatedFacts<UserOf<Source>>>;
export function preAuthenticated(options: PreAuthenticatedOptions<UserSource<unknown>>): Guard<PreAuthenticatedFacts<unknown>> {
  const name = options.header.toLowerCase();
  if (!/^[a-z0-9-]+$/.test(name)) throw wrong('header', options.header, 'it must be letters, digits and hyphens');
  const proxies = readProxies(options.proxies);
  const { users } = options;
  return defineGuard({
    name: `preAuthenticated(${options.header})`,
    deps: [users],
    // No scheme: callers of the API never send this header, and must not be told to.
    async run(context, source): Promise<PreAuthenticatedFacts<unknown>> {
      const id = isProxy(proxies, context.request.socket.remoteAddress) ? readHeader(context, name) : undefined;
      if (id === undefined) throw noCredential('The request does not come from a proxy that has signed the user in.');
      const user = await source.findById(id);
      if (user === undefined || user === null) throw unauthenticated('The proxy names a user who is not known here.');
      context.byCookie();
      noteActor(id);
      return { user };
    },
  });
}

// Two values are the client's and the proxy's; nobody knows which is which.
function readHeader({ request }: GuardContext, name: string): string | undefined {
  const values = request.rawHeaders.filter((_text, index) => index % 2 === 1 && request.rawHeaders[index - 1]!.toLowerCase() === name);
  if (values.length === 0) return undefined;
  const [value] = values;
  if (values.length > 1 || value === undefined || value === '' || value.length > 255)
    throw unauthenticated('The header in which the proxy names the user must be there once, with 1 to 255 characters.');
  return value;
}

function isProxy(proxies: BlockList, address: string | undefined): boolean {
  return address !== undefined && proxies.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

function readProxies(entries: readonly string[]): BlockList {
  const list = new BlockList();
  if (entries.length === 0) throw wrong('proxies', '[]', 'one proxy at least is needed');
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined;
    const most = family === 'ipv4' ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    // A network of everything is no list of proxies.
    if (family === undefined || !(length >= 1 && length <= most))
      throw wrong('proxies', entry, 'it must be addresses and networks such as 10.0.0.0/8');
    list.addSubnet(address, length, family);
  }
  return list;
}

function wrong(option: string, value: string, rule: string): Error {
  return AUTH_ERRORS.OPTIONS({ option: `preAuthenticated.${option}`, value: JSON.stringify(value), rule });
}
