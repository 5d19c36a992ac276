import { APP_KEY, provide, provideFactory, provideValue, type Provider } from '@plinth/core';
import { PasswordRules } from './password-rules.js';
import { PASSWORD_SETTINGS, passwordSettings, type PasswordOptions } from './password-settings.js';
import { Passwords } from './passwords.js';

/** Everything that `Passwords` needs. Throws `AUTH_OPTIONS`. @internal */
export function passwordProviders(options: PasswordOptions = {}): readonly Provider[] {
  const settings = passwordSettings(options);
  return [
    options.pepper === 'app-key' ? derivedSettings(options) : provideValue(PASSWORD_SETTINGS, settings),
    ...(options.breached ? [options.breached] : []),
    provide(PasswordRules),
    provide(Passwords),
  ];
}

// Only an application with such a pepper needs an APP_KEY for its passwords.
function derivedSettings(options: PasswordOptions): Provider {
  return provideFactory(PASSWORD_SETTINGS, {
    deps: [APP_KEY],
    create: (appKey) => passwordSettings(options, [appKey.derive('auth.pepper'), ...appKey.derivePrevious('auth.pepper')]),
  });
}
