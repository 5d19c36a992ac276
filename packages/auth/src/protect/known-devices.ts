import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { APP_KEY, CLOCK, Injectable, runUninterrupted, type AppKey, type Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { exactName } from './account-name.js';
import { ATTEMPT_STORE, type AttemptPolicy, type AttemptStore } from './attempt-store.js';
import { THROTTLE_SETTINGS, type ThrottleSettings } from './throttle-settings.js';

/** The cookie of a device that has signed in to an account before. It opens nothing: it only has attempts of its own. */
export const DEVICE_COOKIE = '__Host-device';

const FORM = /^v2\.([0-9a-z]{1,11})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
// A clock may have been set back a little since.
const LEEWAY = 60_000;

/**
 * Devices that have signed in to an account before, recognised by a signed cookie (OWASP: device cookies). The cookie is bound to the
 * name that was signed in with, to the letter: names that look alike share a count, and must not share a device. It is bound to a generation
 * as well, which ends with a reset of the password.
 */
@Injectable({ deps: [APP_KEY, THROTTLE_SETTINGS, ATTEMPT_STORE, CLOCK] })
export class KnownDevices {
  readonly #keys: readonly [Buffer, ...Buffer[]];
  readonly #lifetime: number;
  readonly #store: AttemptStore;
  readonly #clock: Clock;
  /** Counts to 1 and no further, so that its count can be read. */
  readonly #reading: AttemptPolicy;

  constructor(appKey: AppKey, settings: ThrottleSettings, store: AttemptStore, clock: Clock) {
    this.#keys = [appKey.derive('auth.device'), ...appKey.derivePrevious('auth.device')];
    this.#lifetime = settings.deviceLifetime;
    this.#store = store;
    this.#clock = clock;
    // As long as a cookie: once a count is forgotten, no cookie from before its last change is good any more.
    this.#reading = { delays: [0], limit: 1, forget: settings.deviceLifetime, since: 'last' };
  }

  /** The id of the device that the request comes from, if it has signed in with this name before, and since the last `forget`. */
  async find(name: string, context: Pick<HttpContext, 'cookie'>): Promise<string | undefined> {
    const device = this.#read(name, context);
    // Only for a cookie of ours is the store asked: strangers must not fill it.
    return device && (await this.#generation(name, device.key)) === device.generation ? device.id : undefined;
  }

  /** Makes the device known for this name: call it when a sign-in is complete. */
  async trust(name: string, context: Pick<HttpContext, 'cookie' | 'setCookie'>): Promise<void> {
    const [key] = this.#keys;
    const id = (await this.find(name, context)) ?? randomBytes(16).toString('base64url');
    const since = Math.max(0, Math.floor(this.#clock.now())).toString(36);
    const value = `v2.${since}.${await this.#generation(name, key)}.${id}`;
    const maxAge = Math.floor(this.#lifetime / 1_000);
    const options = { maxAge, secure: true, httpOnly: true, sameSite: 'lax', path: '/' } as const;
    context.setCookie(DEVICE_COOKIE, `${value}.${sign(key, value, name)}`, options);
  }

  /** No device is known for this name any more: call it when its password was reset, for one of them may be the thief's. */
  async forget(name: string): Promise<void> {
    await runUninterrupted(async () => {
      for (const key of this.#keys) {
        // The count of the first generation may have been forgotten, while there are cookies of it.
        await this.#generation(name, key);
        await this.#store.take(countOf(key, name), { ...this.#reading, limit: 0 }, this.#clock.now());
      }
    });
  }

  #read(name: string, context: Pick<HttpContext, 'cookie'>): Device | undefined {
    const cookie = context.cookie(DEVICE_COOKIE) ?? '';
    const parts = FORM.exec(cookie);
    if (!parts) return undefined;
    const [, since, generation, id, mac] = parts as unknown as [string, string, string, string, string];
    const age = this.#clock.now() - Number.parseInt(since, 36);
    if (age < -LEEWAY || age >= this.#lifetime) return undefined;
    const [value, given] = [cookie.slice(0, -mac.length - 1), Buffer.from(mac)];
    const key = this.#keys.find((each) => timingSafeEqual(Buffer.from(sign(each, value, name)), given));
    return key && { id, generation: Number(generation), key };
  }

  async #generation(name: string, key: Buffer): Promise<number> {
    return (await this.#store.take(countOf(key, name), this.#reading, this.#clock.now())).count;
  }
}

/** What a cookie says, and the key that has signed it. */
interface Device {
  readonly id: string;
  readonly generation: number;
  readonly key: Buffer;
}

// By the key of the cookie: what was ended under a former APP_KEY stays so.
function countOf(key: Buffer, name: string): string {
  return `g:${sign(key, 'generation', name)}`;
}

function sign(key: Buffer, value: string, name: string): string {
  return createHmac('sha256', key)
    .update(`${value}.${exactName(name)}`)
    .digest('base64url');
}
