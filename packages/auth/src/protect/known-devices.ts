import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { APP_KEY, CLOCK, Injectable, type AppKey, type Clock } from '@plinth/core';
import type { HttpContext } from '@plinth/http';
import { countedName } from './account-name.js';
import { THROTTLE_SETTINGS, type ThrottleSettings } from './throttle-settings.js';

/** The cookie of a device that has signed in to an account before. It opens nothing: it only has attempts of its own. */
export const DEVICE_COOKIE = '__Host-device';

const FORM = /^v1\.([0-9a-z]{1,11})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;
// A clock may have been set back a little since.
const LEEWAY = 60_000;

/**
 * Devices that have signed in to an account before, recognised by a signed cookie (OWASP: device cookies). The cookie is bound to the
 * name that was signed in with.
 */
@Injectable({ deps: [APP_KEY, THROTTLE_SETTINGS, CLOCK] })
export class KnownDevices {
  readonly #keys: readonly [Buffer, ...Buffer[]];
  readonly #lifetime: number;
  readonly #clock: Clock;

  constructor(appKey: AppKey, settings: ThrottleSettings, clock: Clock) {
    this.#keys = [appKey.derive('auth.device'), ...appKey.derivePrevious('auth.device')];
    this.#lifetime = settings.deviceLifetime;
    this.#clock = clock;
  }

  /** The id of the device that the request comes from, if it has signed in with this name before. */
  find(name: string, context: Pick<HttpContext, 'cookie'>): string | undefined {
    const parts = FORM.exec(context.cookie(DEVICE_COOKIE) ?? '');
    if (!parts) return undefined;
    const [, since, id, mac] = parts as unknown as [string, string, string, string];
    const age = this.#clock.now() - Number.parseInt(since, 36);
    if (age < -LEEWAY || age >= this.#lifetime) return undefined;
    const given = Buffer.from(mac);
    return this.#keys.some((key) => timingSafeEqual(Buffer.from(sign(key, since, id, name)), given)) ? id : undefined;
  }

  /** Makes the device known for this name: call it when a sign-in is complete. */
  trust(name: string, context: Pick<HttpContext, 'cookie' | 'setCookie'>): void {
    const since = Math.max(0, Math.floor(this.#clock.now())).toString(36);
    const id = this.find(name, context) ?? randomBytes(16).toString('base64url');
    const value = `v1.${since}.${id}.${sign(this.#keys[0], since, id, name)}`;
    const maxAge = Math.floor(this.#lifetime / 1_000);
    context.setCookie(DEVICE_COOKIE, value, { maxAge, secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
  }
}

function sign(key: Buffer, since: string, id: string, name: string): string {
  return createHmac('sha256', key)
    .update(`v1.${since}.${id}.${countedName(name)}`)
    .digest('base64url');
}
