import { APP_KEY, Injectable, type AppKey } from '@plinth/core';
import { Cipher } from './cipher.js';

/**
 * The keys that the application encrypts with: one for each purpose, derived from `APP_KEY` by HKDF-SHA-256 (RFC 5869). Former
 * `APP_KEY`s still decrypt (ASVS 5.0, 11.2.2, 11.3.3).
 *
 * @example
 * const cipher = keyring.cipher('customer.iban');
 * row.iban = cipher.encrypt(iban, row.id);
 */
@Injectable({ deps: [APP_KEY] })
export class Keyring {
  readonly #appKey: AppKey;
  readonly #ciphers = new Map<string, Cipher>();

  constructor(appKey: AppKey) {
    this.#appKey = appKey;
  }

  /**
   * What encrypts and decrypts values of one purpose: a name of your choice, such as `customer.iban`, that never changes and never
   * comes from a request. Throws `CORE_KEY_PURPOSE` when it is empty.
   */
  cipher(purpose: string): Cipher {
    const known = this.#ciphers.get(purpose);
    if (known) return known;
    const derivation = `encrypt:${purpose}`;
    const cipher = new Cipher(purpose, purpose === '' ? [this.#appKey.derive('')] : this.#keys(derivation));
    this.#ciphers.set(purpose, cipher);
    return cipher;
  }

  /** What was asked for so far, by its purpose. */
  get ciphers(): ReadonlyMap<string, Cipher> {
    return this.#ciphers;
  }

  #keys(derivation: string): Buffer[] {
    return [this.#appKey.derive(derivation), ...this.#appKey.derivePrevious(derivation)];
  }
}
