import { provide, provideFactory, type Provider } from '@plinth/core';
import { Totp } from '../mfa/totp.js';
import { FactorChanges } from './factor-changes.js';
import { SecondFactorSettings } from './second-factor-settings.js';
import { SecondStepLimit } from './second-step-limit.js';
import { SECOND_FACTORS, SecondFactors, type SecondFactor } from './second-factors.js';
import { SignIns } from './sign-ins.js';

/** What the module exports of them. */
export const SIGN_IN_SERVICES = [SECOND_FACTORS, SecondFactors, SignIns, SecondStepLimit, FactorChanges, SecondFactorSettings] as const;

/** The providers of `SignIns` and `SecondFactors`, and the second factor of authenticator apps. */
export function signInProviders(): readonly Provider[] {
  return [
    provideFactory(SECOND_FACTORS, { deps: [Totp], create: toSecondFactor, many: true, whenNeeded: true }),
    provide(SecondFactors, { whenNeeded: true }),
    provide(SignIns, { whenNeeded: true }),
    provide(SecondStepLimit, { whenNeeded: true }),
    provide(FactorChanges, { whenNeeded: true }),
    provide(SecondFactorSettings, { whenNeeded: true }),
  ];
}

function toSecondFactor(totp: Totp): SecondFactor {
  return { kind: 'totp', methods: ['otp'], enrolled: async (userId) => (await totp.enabledSince(userId)) !== undefined };
}
