import { createHash, randomBytes } from 'node:crypto';
import { Injectable, runUninterrupted } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { toBase32 } from './base32.js';
import { RECOVERY_CODE_STORE, type RecoveryCodeStore } from './recovery-code-store.js';
import { SECOND_FACTOR_LIMIT, type SecondFactorLimit } from './second-factor-limit.js';

const CODES = 10;
const CHARACTERS = 26;

/**
 * Codes on paper for whoever has lost the authenticator: ten, of 130 random bits each, each good for one time. Only their SHA-256
 * hashes are stored (ASVS 5.0, 6.5.1 and 6.5.2).
 */
@Injectable({ deps: [RECOVERY_CODE_STORE, SECOND_FACTOR_LIMIT, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class RecoveryCodes {
  readonly #store: RecoveryCodeStore;
  readonly #limit: SecondFactorLimit;
  readonly #events: SecurityEvents;

  constructor(store: RecoveryCodeStore, limit: SecondFactorLimit, events: SecurityEvents) {
    this.#store = store;
    this.#limit = limit;
    this.#events = events;
  }

  /** Makes ten codes, such as `K4WQX-7MZ2A-PD3RV-6TGNB-HY5JCE`, and ends all former ones. Show them once: they are never to be had again. */
  async generate(userId: string): Promise<readonly string[]> {
    const codes = Array.from({ length: CODES }, () => toBase32(randomBytes(17)).slice(0, CHARACTERS));
    await runUninterrupted(() => this.#store.replace(userId, codes.map(hashOf)));
    this.#events.note({ type: 'recovery-codes.generated', outcome: 'success', userId });
    return codes.map((code) => code.replaceAll(/.{5}(?=.{6})/g, '$&-'));
  }

  /**
   * Takes a code, in any letter case and with or without its dashes; gives how many are left. Throws `AUTH_SECOND_FACTOR_CODE` when the
   * user has no such code (any more), or `AUTH_SECOND_FACTOR_LIMIT`.
   */
  async use(userId: string, code: string): Promise<number> {
    await this.#limit.take(userId);
    const taken = await this.#store.take(userId, hashOf(code.slice(0, 100).replaceAll(/[\s-]/g, '').toUpperCase()));
    if (!taken) {
      this.#events.note({ type: 'recovery-code.used', outcome: 'failure', userId });
      throw AUTH_ERRORS.SECOND_FACTOR_CODE();
    }
    await this.#limit.reset(userId);
    const left = await this.#store.count(userId);
    this.#events.note({ type: 'recovery-code.used', outcome: 'success', userId, details: { left } });
    return left;
  }

  /** How many codes the user has left. */
  remaining(userId: string): Promise<number> {
    return this.#store.count(userId);
  }

  /** Ends all codes of a user; gives how many there were. */
  async remove(userId: string): Promise<number> {
    const removed = await runUninterrupted(() => this.#store.remove(userId));
    if (removed > 0) this.#events.note({ type: 'recovery-codes.removed', outcome: 'success', userId });
    return removed;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
