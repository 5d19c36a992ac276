import { randomBytes } from 'node:crypto';
import { CLOCK, Injectable, newId, runUninterrupted, token, type Clock } from '@plinth/core';
import type { Cipher } from '../crypto/cipher.js';
import { Keyring } from '../crypto/keyring.js';
import { AUTH_ERRORS } from '../errors.js';
import { SecurityEvents } from '../protect/security-events.js';
import { toBase32 } from './base32.js';
import { matchingStep, otpauthUri } from './otp.js';
import { SECOND_FACTOR_LIMIT, type SecondFactorLimit } from './second-factor-limit.js';
import { TOTP_STORE, type ActiveTotp, type TotpStore } from './totp-store.js';

/** Who issues the codes, as the authenticator app shows it. @internal */
export const TOTP_ISSUER = token<string>('TOTP_ISSUER');

/** What an authenticator app needs, shown to the user once. */
export interface TotpEnrolment {
  /** 160 bits in base32, 32 characters, for typing. */
  readonly secret: string;
  /** `otpauth://totp/…`, for a QR code. */
  readonly uri: string;
}

/** 160 bits, as RFC 4226 (section 4, R6) recommends. */
const SECRET_BYTES = 20;
const PENDING_MINUTES = 10;
const NOBODY = 'nobody';

/**
 * Codes of authenticator apps (RFC 6238): six digits, a new one every 30 seconds, one step early or late is accepted, each only once
 * (ASVS 5.0, 6.5.1 and 6.5.5). The secrets are stored encrypted.
 */
@Injectable({ deps: [TOTP_STORE, SECOND_FACTOR_LIMIT, Keyring, CLOCK, TOTP_ISSUER, SecurityEvents], from: 'AuthModule of @plinth/auth' })
export class Totp {
  readonly #store: TotpStore;
  readonly #limit: SecondFactorLimit;
  readonly #cipher: Cipher;
  readonly #clock: Clock;
  readonly #issuer: string;
  readonly #events: SecurityEvents;
  readonly #dummy: string;

  constructor(store: TotpStore, limit: SecondFactorLimit, keyring: Keyring, clock: Clock, issuer: string, events: SecurityEvents) {
    this.#store = store;
    this.#limit = limit;
    this.#cipher = keyring.cipher('auth.totp');
    this.#clock = clock;
    this.#issuer = issuer;
    this.#events = events;
    this.#dummy = this.#cipher.encryptBytes(randomBytes(SECRET_BYTES), NOBODY);
  }

  /**
   * Begins to set up an authenticator. It counts for nothing until `confirm` has seen a code of it within ten minutes; one that is in
   * use stays so until then. Ask for the password again before. `account` is what the app shows beside the issuer: an e-mail address.
   */
  async enrol(userId: string, account: string): Promise<TotpEnrolment> {
    const bytes = randomBytes(SECRET_BYTES);
    const pending = { id: newId(), secret: this.#cipher.encryptBytes(bytes, userId), startedAt: this.#clock.now() };
    await this.#store.begin(userId, pending);
    const secret = toBase32(bytes);
    return { secret, uri: otpauthUri(secret, this.#issuer, account) };
  }

  /**
   * Puts the authenticator in use whose code this is. Throws `AUTH_TOTP_ENROLMENT` when none waits, or `AUTH_SECOND_FACTOR_CODE` when
   * the code is wrong. This code is used up by it.
   */
  async confirm(userId: string, code: string): Promise<void> {
    const now = this.#clock.now();
    const pending = (await this.#store.find(userId))?.pending;
    if (!pending || now - pending.startedAt >= PENDING_MINUTES * 60_000) throw notEnrolling();
    const step = matchingStep(this.#cipher.decryptBytes(pending.secret, userId), digitsOf(code), now);
    if (step === undefined) throw AUTH_ERRORS.SECOND_FACTOR_CODE();
    const active = { id: pending.id, secret: pending.secret, lastStep: step, confirmedAt: now };
    if (!(await runUninterrupted(() => this.#store.confirm(userId, active)))) throw notEnrolling();
    this.#events.note({ type: 'totp.confirmed', outcome: 'success', userId });
  }

  /**
   * Takes a code. Throws `AUTH_SECOND_FACTOR_CODE` when it is wrong, too old, or was taken before, and likewise when the user has no
   * authenticator; `AUTH_SECOND_FACTOR_LIMIT` when too many were tried.
   */
  async verify(userId: string, code: string): Promise<void> {
    await this.#limit.take(userId);
    const active = (await this.#store.find(userId))?.active;
    const secret = active ? this.#cipher.decryptBytes(active.secret, userId) : this.#cipher.decryptBytes(this.#dummy, NOBODY);
    const step = matchingStep(secret, digitsOf(code), this.#clock.now());
    if (!active || step === undefined || !(await this.#store.use(userId, active.id, step))) {
      this.#events.note({ type: 'totp.used', outcome: 'failure', userId });
      throw AUTH_ERRORS.SECOND_FACTOR_CODE();
    }
    await this.#limit.reset(userId);
    await this.#reencrypt(userId, active);
    this.#events.note({ type: 'totp.used', outcome: 'success', userId });
  }

  /** Since when the user has had an authenticator in use; undefined: there is none. */
  async enabledSince(userId: string): Promise<Date | undefined> {
    const active = (await this.#store.find(userId))?.active;
    return active && new Date(active.confirmedAt);
  }

  /** Removes the user's authenticator, also one that waits. False when there was none. Ask for a code of it, or a recovery code, before. */
  async disable(userId: string): Promise<boolean> {
    const removed = await runUninterrupted(() => this.#store.remove(userId));
    if (removed) this.#events.note({ type: 'totp.disabled', outcome: 'success', userId });
    return removed;
  }

  // A secret that was read with a former APP_KEY is written back under the current one, so that the former can go one day.
  async #reencrypt(userId: string, { id, secret }: ActiveTotp): Promise<void> {
    const renewed = this.#cipher.reencrypt(secret, userId);
    if (renewed !== undefined) await this.#store.replaceSecret(userId, id, secret, renewed);
  }
}

// Apps show `123 456`.
function digitsOf(code: string): string {
  return code.replaceAll(' ', '');
}

function notEnrolling(): Error {
  return AUTH_ERRORS.TOTP_ENROLMENT({ minutes: PENDING_MINUTES });
}
