import { provide, provideAlias, provideValue, type Provider } from '@plinth/core';
import { USERS } from '../user/users.js';
import { Impersonation } from './impersonation.js';
import { IMPERSONATION_SETTINGS, IMPERSONATION_USERS, impersonationSettings, type ImpersonationOptions } from './impersonation-settings.js';

/** The providers of impersonation; none without options. Throws `AUTH_OPTIONS`, `AUTH_ROLES`. */
export function impersonationProviders(options: ImpersonationOptions | undefined): readonly Provider[] {
  if (options === undefined) return [];
  return [
    provideValue(IMPERSONATION_SETTINGS, impersonationSettings(options)),
    provideAlias(IMPERSONATION_USERS, options.users ?? USERS),
    provide(Impersonation, { whenNeeded: true }),
  ];
}
