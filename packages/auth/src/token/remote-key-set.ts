import { runOutsideContext, type Clock } from '@plinth/core';
import type { Fetch } from '@plinth/http/fetch';
import { AUTH_ERRORS } from '../errors.js';
import { isUnknownKey, readKeySet, type KeySet } from './jose.js';

/** Where keys are, and how long they are kept; times in milliseconds. */
export interface RemoteKeyOptions {
  readonly issuer: string;
  /** Without it the issuer's metadata say where the keys are. */
  readonly jwksUrl: URL | undefined;
  /** Then they are fetched again. */
  readonly cacheFor: number;
  /** The shortest time between two fetches, whatever tokens ask for. */
  readonly cooldown: number;
}

/** While the issuer cannot be reached its keys are used for this long. */
const KEEP_FOR = 24 * 3_600_000;
const MAX_BYTES = 262_144;
const MAX_KEYS = 100;

/**
 * The keys of another issuer: fetched when they are first needed, kept, fetched again when they are old or a token names one that is not
 * there, and used on for a day while the issuer cannot be reached. Requests that wait at the same time share one fetch.
 */
export class RemoteKeySet {
  readonly #options: RemoteKeyOptions;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  #keys: KeySet | undefined;
  #loadedAt = -Infinity;
  #triedAt = -Infinity;
  #failure: unknown;
  #loading: Promise<void> | undefined;

  constructor(options: RemoteKeyOptions, fetch: Fetch, clock: Clock) {
    this.#options = options;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Works with the keys; once more with fresh ones where none of them fits. Throws `AUTH_ISSUER_UNAVAILABLE`. */
  async use<T>(work: (keys: KeySet) => Promise<T>): Promise<T> {
    const keys = await this.#current();
    try {
      return await work(keys);
    } catch (error) {
      if (!isUnknownKey(error)) throw error;
      await this.#reload();
      if (this.#keys === keys || this.#keys === undefined) throw error;
      return work(this.#keys);
    }
  }

  async #current(): Promise<KeySet> {
    if (this.#age() >= this.#options.cacheFor) await this.#reload();
    if (this.#keys !== undefined && this.#age() < this.#options.cacheFor + KEEP_FOR) return this.#keys;
    throw AUTH_ERRORS.ISSUER_UNAVAILABLE({ issuer: this.#options.issuer }, { cause: this.#failure });
  }

  #age(): number {
    return this.#clock.monotonic() - this.#loadedAt;
  }

  async #reload(): Promise<void> {
    // A token with an invented key id, or an issuer that is down, must not turn each request into one to the issuer.
    if (this.#loading === undefined && this.#clock.monotonic() - this.#triedAt >= this.#options.cooldown) {
      this.#triedAt = this.#clock.monotonic();
      // Outside of the request that happens to be first: others wait for this too, and it may be given up.
      this.#loading = runOutsideContext(() => this.#load()).finally(() => {
        this.#loading = undefined;
      });
    }
    await this.#loading;
  }

  async #load(): Promise<void> {
    try {
      const json = await this.#json(this.#options.jwksUrl ?? (await this.#discover()));
      const { keys } = json;
      if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new TypeError(`the key set has no list of at most ${MAX_KEYS} keys`);
      this.#keys = readKeySet(json);
      this.#loadedAt = this.#clock.monotonic();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }

  // OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3. The metadata must be those of this issuer (RFC 8414, 3.3).
  async #discover(): Promise<URL> {
    const { issuer } = this.#options;
    const base = new URL(issuer);
    const path = base.pathname.replace(/\/$/, '');
    const metadata = await this.#json(new URL(`${base.origin}${path}/.well-known/openid-configuration`)).catch((error: unknown) => {
      if (!(error instanceof NotFound)) throw error;
      return this.#json(new URL(`${base.origin}/.well-known/oauth-authorization-server${path}`));
    });
    if (metadata['issuer'] !== issuer) throw new TypeError('the metadata are those of another issuer');
    const url = typeof metadata['jwks_uri'] === 'string' ? URL.parse(metadata['jwks_uri']) : null;
    if (url === null || !isSecure(url)) throw new TypeError('the metadata have no jwks_uri with https');
    return url;
  }

  async #json(url: URL): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.#fetch(url, { headers: { accept: 'application/json, application/jwk-set+json' } });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw answer.status === 404 ? new NotFound('status 404') : new TypeError(`status ${answer.status}`);
    }
    const text = await answer.text();
    if (text.length > MAX_BYTES) throw new RangeError(`more than ${MAX_BYTES} bytes`);
    const json: unknown = JSON.parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new TypeError('no JSON object');
    return json as Readonly<Record<string, unknown>>;
  }
}

class NotFound extends Error {}

/** Whether a URL is https, or stays on this machine. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname));
}
