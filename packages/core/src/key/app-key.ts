import { createHash, hkdfSync } from 'node:crypto';
import { defineConfig } from '../config/define-config.js';
import { env } from '../config/env.js';
import type { Secret } from '../config/secret.js';
import { token } from '../di/token.js';
import { toProblem } from '../errors/define-errors.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import { readDevKey } from './dev-key.js';
import { keyLength, parseKeys } from './parse-keys.js';

/** The root of every key the application derives. The root itself is never handed out. */
export interface AppKey {
  /** A key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869): sign and encrypt with this. Throws `CORE_KEY_PURPOSE`. */
  derive(purpose: string): Buffer;
  /** The keys of that purpose from the former roots, newest first: verify and decrypt with these too. */
  derivePrevious(purpose: string): Buffer[];
}

/** The application's key; read only if something depends on it. */
export const APP_KEY = token<AppKey>('APP_KEY');

/** `APP_KEY`: 32 bytes in base64, the current key first, former ones after commas. Required in production. */
export const KEY_CONFIG = defineConfig(
  'key',
  {
    keys: env.secret('APP_KEY', {
      optional: true,
      describe: 'Root of all derived keys: 32 bytes in base64; current first, then old ones after commas.',
    }),
  },
  {
    check: ({ keys }, { production }) => {
      if (keys !== undefined) return parseKeys(keys.reveal(), { production }).problems;
      return production ? toProblem(SERVICE_ERRORS.KEY_MISSING(), 'configuration key.keys') : undefined;
    },
  },
);

/** Makes the application's key from `KEY_CONFIG`; without one, from the key of this machine's development. */
export function createAppKey(keys: Secret | undefined, options: { readonly devKeyFile?: string } = {}): AppKey {
  const roots = keys === undefined ? [readDevKey(options.devKeyFile)] : parseKeys(keys.reveal(), { production: false }).keys;
  const purposes = new Set<string>();
  const appKey: AppKey = Object.freeze({
    derive: (purpose: string) => {
      if (purposes.size < mostPurposes) purposes.add(purpose);
      return derive(roots[0]!, purpose);
    },
    derivePrevious: (purpose: string) => roots.slice(1).map((root) => derive(root, purpose)),
  });
  facts.set(appKey, { ids: roots.map(idOf), purposes, development: keys === undefined });
  return appKey;
}

/** What may be said of the application's key. @internal */
export interface AppKeyFacts {
  /** Current first; eight characters each, which say nothing of the key. */
  readonly ids: readonly string[];
  /** What keys were derived for so far. */
  readonly purposes: ReadonlySet<string>;
  /** Whether it is the key of this machine's development. */
  readonly development: boolean;
}

const facts = new WeakMap<AppKey, AppKeyFacts>();
// Purposes are few names in the source; one that is made of user data must not fill the memory.
const mostPurposes = 256;

/** Of a key of `createAppKey`. @internal */
export function factsOfAppKey(key: AppKey): AppKeyFacts | undefined {
  return facts.get(key);
}

function idOf(root: Buffer): string {
  return createHash('sha256').update('plinth app key id').update(derive(root, 'key-id')).digest('base64url').slice(0, 8);
}

function derive(root: Buffer, purpose: string): Buffer {
  if (purpose === '') throw SERVICE_ERRORS.KEY_PURPOSE();
  return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `plinth:${purpose}`, keyLength));
}
