import { APP_KEY, CLOCK } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { defineFeature, type HttpFeature } from '../feature/http-feature.js';
import { CookieKeyRing } from './cookie-keys.js';
import type { SealedCookie } from './define-cookie.js';

/** Gives a server the keys of its sealed cookies: it needs `APP_KEY` when it starts. Throws `HTTP_COOKIE` for two of one name. */
export function cookieFeature(cookies: readonly SealedCookie<unknown>[]): HttpFeature {
  return defineFeature({
    name: 'cookies',
    deps: [APP_KEY, CLOCK],
    setup({ state }, appKey, clock) {
      const names = new Set<string>();
      for (const { name } of cookies) {
        if (names.has(name)) throw HTTP_ERRORS.COOKIE({ name: JSON.stringify(name), reason: 'two of this name are listed' });
        names.add(name);
      }
      state.cookieKeys = new CookieKeyRing(appKey, clock, names);
      return {};
    },
  });
}
