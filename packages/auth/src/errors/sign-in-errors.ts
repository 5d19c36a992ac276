import type { ErrorDefinitions } from './error-definitions.js';

/** The second step of sign-ins, second factors and the list of sessions. @internal */
export const SIGN_IN_ERRORS = {
  LAST_SIGN_IN_WAY: {
    kind: 'conflict',
    detail: 'This is the last way to sign in to the account.',
    help: 'Add another way first: a password, a passkey, or an account elsewhere.',
  },
  MFA_NEEDED: {
    kind: 'forbidden',
    detail: 'This needs a sign-in with two factors; this one has shown {shown}.',
    help: 'Give one of the second factors in `factors`, or the password where `methods` lacks it. Where `setUp` is true, set a factor up first.',
  },
  RECOVERY_WITHOUT_FACTOR: {
    kind: 'conflict',
    detail: 'Recovery codes stand in for a second factor, and this account has none.',
    help: 'Set up an authenticator app or a passkey first.',
  },
  SECOND_STEP_TRIES: {
    kind: 'unauthenticated',
    detail: 'The code is wrong, and it was the last of {tries} for this sign-in, which has ended.',
    help: 'Begin the sign-in anew, with the first factor.',
  },
  SESSION_UNKNOWN: {
    kind: 'not-found',
    detail: 'You have no session with this id.',
    help: 'Read the list of your sessions again: it may have ended by itself.',
  },
  SIGN_IN_METHODS: {
    kind: 'internal',
    detail: 'A sign-in was to be completed without a word on how its user has proved who they are.',
    help: 'Pass the kinds of proof by their names of RFC 8176, such as `methods: ["pwd"]`.',
  },
} as const satisfies ErrorDefinitions;
