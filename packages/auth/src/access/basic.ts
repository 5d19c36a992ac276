import { isAppError, type Key } from '@plinth/core';
import { defineGuard, type Guard } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import type { AuthUser, SignInSource } from '../user/users.js';
import { BasicSignIn } from './basic-sign-in.js';
import { noteActor } from './note-actor.js';
import { readAuthorization } from './read-authorization.js';

/** What `basic` adds to the handler's context. */
export interface BasicFacts<User> {
  readonly user: User;
}

/** Whose passwords are taken. */
export interface BasicOptions<Source> {
  /** The class or token that has `findForSignIn`, visible in the module of the route. */
  readonly users: Key<Source>;
  /** What browsers show when they ask for the password: visible ASCII without quotes and backslashes. Default `api`. */
  readonly realm?: string;
}

/** The user type that a provider of sign-ins gives. */
export type SignInUserOf<Source> = Source extends SignInSource<infer User> ? User : never;

/**
 * A guard that takes a name and a password from the Authorization header (RFC 7617) and adds its user. Each request costs an argon2
 * hash: it is for tools and small internal services. Refuses with `HTTP_NO_CREDENTIAL` or `AUTH_CREDENTIALS` (401), and slows down whoever
 * guesses as `Throttle` does at sign-ins, whether there is such a name or not: `AUTH_THROTTLED`, `AUTH_THROTTLE_HELD` (429). Browsers send
 * these credentials by themselves, so the server demands of unsafe requests that they come from this site (`HTTP_CROSS_SITE`).
 *
 * @example
 * const operators = guarded(basic({ users: Operators, realm: 'metrics' }));
 */
export function basic<Source extends SignInSource>(options: BasicOptions<Source>): Guard<BasicFacts<SignInUserOf<Source>>>;
export function basic({ users, realm = 'api' }: BasicOptions<SignInSource>): Guard<BasicFacts<AuthUser>> {
  if (!/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(realm))
    throw AUTH_ERRORS.OPTIONS({
      option: 'basic.realm',
      value: JSON.stringify(realm),
      rule: 'it must be ASCII without quotes and backslashes',
    });
  const challenge = `Basic realm="${realm}", charset="UTF-8"`;
  return defineGuard({
    name: `basic(${realm})`,
    deps: [BasicSignIn, users],
    security: { name: 'basic', scheme: { type: 'http', scheme: 'basic' } },
    async run(context, signIn, source): Promise<BasicFacts<AuthUser>> {
      const [name, password] =
        readPair(readAuthorization(context, 'Basic', 'name and password', challenge)) ?? refuse(undefined, challenge);
      const user = await signIn.check(source, name, password, context).catch((error: unknown) => refuse(error, challenge));
      noteActor(user.id);
      return { user };
    },
  });
}

/** Name and password of RFC 7617, section 2; undefined for what is no base64, no UTF-8, has control characters or no colon. */
function readPair(credential: string): readonly [name: string, password: string] | undefined {
  const bytes = Buffer.from(credential, 'base64');
  // Node's decoder skips what it does not know: only the one spelling of these bytes is taken.
  if (credential.length > 4_096 || bytes.toString('base64') !== credential) return undefined;
  const text = decode(bytes);
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 0 || /[\x00-\x1f\x7f]/.test(text)) return undefined;
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function refuse(error: unknown, challenge: string): never {
  if (error !== undefined && !AUTH_ERRORS.CREDENTIALS.is(error)) throw error;
  const cause = isAppError(error) ? error.cause : new Error('the header is not what RFC 7617 asks for');
  throw AUTH_ERRORS.CREDENTIALS({}, { cause, headers: { 'www-authenticate': challenge } });
}
