import type { ErrorDefinitions } from './error-definitions.js';

/** Accounts: registration, addresses, passwords. @internal */
export const ACCOUNT_ERRORS = {
  ACCOUNT_ADDRESS: {
    kind: 'invalid',
    detail: 'The e-mail address cannot be used: {reason}.',
    help: 'Give an address of the form name@domain, without quotation marks and comments.',
  },
  ACCOUNT_CONFLICT: {
    kind: 'conflict',
    detail: 'The account was changed by another request at the same time.',
    help: 'Look at the account as it is now, and try again.',
  },
  ACCOUNT_EXISTS: {
    kind: 'conflict',
    detail: 'There is an account with this address already.',
    help: 'Sign in, or reset the password. Only who has proved that the address is theirs, or may make accounts, is told this.',
  },
  ACCOUNT_MAIL: {
    kind: 'unavailable',
    detail: 'The mail "{mail}" about an account could not be sent.',
    help: 'Why is the cause. Nobody was told, so that answers do not differ: its receiver has to ask again once mails are sent.',
  },
  ACCOUNT_MAIL_QUEUE: {
    kind: 'unavailable',
    detail: 'The mail "{mail}" about an account was dropped: {waiting} are waiting already.',
    help: 'The mail server is too slow, or somebody asks for too many mails. Look at both.',
  },
  ACCOUNT_NAME: {
    kind: 'invalid',
    detail: 'The name cannot be used: it must have 1 to 100 characters, and none that controls how text is shown.',
    help: 'Leave line breaks and invisible characters out of the name.',
  },
  ACCOUNT_NONE: {
    kind: 'not-found',
    detail: 'There is no account with the id {id}.',
    help: 'It may have been removed. Accounts.list gives those that there are.',
  },
  ACCOUNT_OPTIONS: {
    kind: 'internal',
    detail: 'AccountsModule.with: {option} is {value}, but {rule}.',
    help: 'Correct the option where AccountsModule.with(...) is called.',
  },
  ACCOUNT_PASSWORD_EXISTS: {
    kind: 'conflict',
    detail: 'This account has a password already.',
    help: 'Change it with the current one, or reset it by mail.',
  },
  ACCOUNT_PASSWORD_NONE: {
    kind: 'conflict',
    detail: 'This account has no password.',
    help: 'Set one first, or prove who you are in the way that you sign in.',
  },
  ACCOUNT_PASSWORD_WRONG: {
    kind: 'forbidden',
    detail: 'The password is wrong.',
    help: 'Give the password of this account. Wrong ones count as failed sign-ins do.',
  },
  ACCOUNT_ROLES: {
    kind: 'invalid',
    detail: 'These roles cannot be given: there must be at most 50 different names of 1 to 100 characters.',
    help: 'Correct the list of roles.',
  },
  ACCOUNT_URL: {
    kind: 'internal',
    detail: 'Mails about accounts need the address of this service, and APP_URL is not set.',
    help: 'Set APP_URL, such as https://app.example.org. It is never taken from a request: whoever sends one chooses its Host header.',
  },
  REGISTRATION_CLOSED: {
    kind: 'forbidden',
    detail: 'Nobody can register here.',
    help: 'Ask for an invitation. `AccountsModule.with({ registration: "open" })` opens the registration.',
  },
  REGISTRATION_PROOF: {
    kind: 'forbidden',
    detail: 'This registration was begun in another browser: the password that was chosen there is needed.',
    help: 'Send the password with the token. If you have not registered yourself, somebody gave your address: register anew, with a password of yours.',
  },
} as const satisfies ErrorDefinitions;
