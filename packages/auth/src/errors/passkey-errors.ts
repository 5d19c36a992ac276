import type { ErrorDefinitions } from './error-definitions.js';

/** Passkeys. @internal */
export const PASSKEY_ERRORS = {
  PASSKEY_CHALLENGE: {
    kind: 'conflict',
    detail: 'The challenge was used before, is older than {minutes} minutes, or was not given to this browser for this.',
    help: 'Ask for new options and answer those. Each challenge is good for one answer, right or wrong.',
  },
  PASSKEY_LIMIT: {
    kind: 'conflict',
    detail: 'There are {limit} passkeys already, the most that an account may have.',
    help: 'Remove one that is no longer used.',
  },
  PASSKEY_NAME: {
    kind: 'invalid',
    detail: 'This cannot be the name of a passkey: {rule}.',
    help: 'Give it a name by which its owner knows it, such as that of the device.',
  },
  PASSKEY_NONE: {
    kind: 'conflict',
    detail: 'The account has no passkey.',
    help: 'Offer another way. Which second factors an account has is said where a sign-in asks for one.',
  },
  PASSKEY_OPTIONS: {
    kind: 'internal',
    detail: 'PasskeysModule.with: {option} is {value}, but {rule}.',
    help: 'Correct the option where PasskeysModule.with(...) is called, or APP_URL, which it is taken from by default.',
  },
  PASSKEY_REFUSED: {
    kind: 'unauthenticated',
    detail: 'The passkey was not accepted.',
    help: 'Try again, or another passkey. The same answer is given for an unknown passkey and for a wrong signature; why stands in the log of the server.',
  },
  PASSKEY_REGISTRATION: {
    kind: 'invalid',
    detail: 'The new passkey was not accepted.',
    help: 'Try again with new options. Why it was refused stands in the log of the server.',
  },
  PASSKEY_UNKNOWN: {
    kind: 'not-found',
    detail: 'The account has no passkey with this id.',
    help: 'Take the id from the list of passkeys; it may have been removed since.',
  },
} as const satisfies ErrorDefinitions;
