import { createCompiler, type CompiledSchema, type Infer, type Schema } from '@plinth/validation';
import type { HttpContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';
import { cookie } from '../reply/cookie.js';
import type { CookieOptions } from '../reply/cookie-options.js';
import type { RouteContext } from '../request/http-context.js';
import type { CookieKeyRing } from './cookie-keys.js';
import { ENCRYPTED, SIGNED } from './seal.js';

/** How a sealed cookie is made: its schema, its attributes, and how long its value counts. */
export interface SealedCookieOptions<S extends Schema> extends Omit<CookieOptions, 'expires' | 'maxAge'> {
  /** What the value is; a cookie of another shape (one of an earlier release) is read as none. */
  readonly schema: S;
  /** `true`: the client cannot read the value either. Default: it is signed, so that the client can read but not change it. */
  readonly encrypted?: boolean;
  /**
   * Seconds after which the value counts no more, whatever the browser does with the cookie. Without it the cookie ends with the browser
   * session, and its value counts for a day.
   */
  readonly maxAge?: number;
}

/** A cookie whose value only this application can have made. */
export interface SealedCookie<T> {
  readonly name: string;
  /**
   * The value, or `undefined` when the cookie is missing, was changed, has expired or is of another shape. One that a former `APP_KEY`
   * has sealed is sent anew under the current one.
   */
  read(context: Pick<HttpContext, 'cookie' | 'setCookie'>): T | undefined;
  /** Sets the cookie. Throws `HTTP_COOKIE` when it would be longer than 4 KiB or the value does not fit the schema. */
  write(context: Pick<HttpContext, 'setCookie'>, value: T): void;
  /** Takes the cookie away. */
  clear(context: Pick<HttpContext, 'setCookie'>): void;
}

/** What is inside: the end in milliseconds since the epoch, and the value. */
type Content = readonly [endsAt: number, value: unknown];

const day = 86_400;

/**
 * Defines a cookie that is signed (HMAC-SHA-256) or encrypted (AES-256-GCM) with keys of its own, derived from `APP_KEY`. List it as
 * `cookies` of `HttpModule.with`: a server that has one needs its key when it starts. What is in the cookie can be sent again by whoever
 * holds it until it expires; what must be revocable belongs in a session. Using one that is not listed throws `HTTP_COOKIE_KEY`.
 *
 * @example
 * const PREFS = defineCookie('__Host-prefs', { schema: Prefs, encrypted: true, maxAge: 30 * 86_400 });
 * HttpModule.with({ cookies: [PREFS] });
 */
export function defineCookie<const S extends Schema>(name: string, options: SealedCookieOptions<S>): SealedCookie<Infer<S>> {
  const { schema, encrypted = false, maxAge, ...attributes } = options;
  const sent: CookieOptions = maxAge === undefined ? attributes : { ...attributes, maxAge };
  // What a browser would refuse is found here, not with the first request.
  cookie(name, '', sent);
  if (maxAge !== undefined && maxAge <= 0) throw refuse(name, 'its maxAge is not a positive number of seconds');
  const compiled: CompiledSchema<unknown> = createCompiler({ lazy: true }).compile(schema, { name: `cookie ${name}` });
  const seal = encrypted ? ENCRYPTED : SIGNED;
  const purpose = `http.cookie.${encrypted ? 'encrypted' : 'signed'}:${name}`;

  const send = (context: Pick<HttpContext, 'setCookie'>, ring: CookieKeyRing, [endsAt, value]: Content) => {
    const text = seal.seal(JSON.stringify([endsAt, value]), ring.keysOf(purpose), name);
    const left = maxAge === undefined ? {} : { maxAge: Math.max(1, Math.ceil((endsAt - ring.clock.now()) / 1000)) };
    context.setCookie(name, text, { ...attributes, ...left });
  };

  return {
    name,
    read(context) {
      const sealed = context.cookie(name);
      if (sealed === undefined || sealed === '') return undefined;
      const ring = ringOf(context, name);
      const opened = seal.open(sealed, ring.keysOf(purpose), name);
      const content = opened && contentOf(opened.text);
      if (opened === undefined || content === undefined || content[0] <= ring.clock.now()) return undefined;
      const checked = compiled.check(content[1]);
      if (checked instanceof Promise) throw refuse(name, 'its schema is checked asynchronously');
      if (checked.issues !== undefined) return undefined;
      if (opened.old) send(context, ring, content);
      return checked.value as Infer<S>;
    },
    write(context, value) {
      const ring = ringOf(context, name);
      const checked = compiled.check(value);
      if (checked instanceof Promise) throw refuse(name, 'its schema is checked asynchronously');
      const issue = checked.issues?.[0];
      if (issue !== undefined) throw refuse(name, `its value does not fit the schema: ${issue.pointer || 'the value'} ${issue.message}`);
      send(context, ring, [ring.clock.now() + (maxAge ?? day) * 1000, value]);
    },
    clear(context) {
      context.setCookie(name, '', { ...attributes, maxAge: 0 });
    },
  };
}

function contentOf(text: string): Content | undefined {
  try {
    const content = JSON.parse(text) as unknown;
    return Array.isArray(content) && content.length === 2 && typeof content[0] === 'number' ? (content as unknown as Content) : undefined;
  } catch {
    return undefined;
  }
}

function ringOf(context: object, name: string): CookieKeyRing {
  const ring = (context as RouteContext).server.cookieKeys;
  if (ring === null || !ring.names.has(name))
    throw HTTP_ERRORS.COOKIE_KEY({ what: `The cookie ${name}`, reason: 'it is not listed in `cookies` of HttpModule.with' });
  return ring;
}

function refuse(name: string, reason: string): Error {
  return HTTP_ERRORS.COOKIE({ name: JSON.stringify(name), reason });
}
