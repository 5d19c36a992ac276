import { provideFactory, token } from '@plinth/core';
import { loadPackage } from '../load-package.js';

/** What reads and verifies passkeys, once its package is loaded. @internal */
export type PasskeyLibrary = typeof import('./simplewebauthn.js');

/** @internal */
export const PASSKEY_LIBRARY = token<PasskeyLibrary>('PASSKEY_LIBRARY', { from: 'PasskeysModule of @plinth/auth/passkeys' });

/** Loads it at the boot, which stops with `AUTH_PACKAGE_MISSING` where the package is not installed. @internal */
export const passkeyLibrary = provideFactory(PASSKEY_LIBRARY, {
  create: () => loadPackage('@plinth/auth/passkeys', '@simplewebauthn/server', () => import('./simplewebauthn.js')),
});
