import type { ErrorDefinitions } from './error-definitions.js';

/** Sign-in through other providers. @internal */
export const OIDC_ERRORS = {
  OIDC_ACCOUNT: {
    kind: 'forbidden',
    detail: 'The account that this identity of {provider} is linked to cannot be used.',
    help: 'It is closed or locked: OIDC_USERS.nameOf knows no such user any more.',
  },
  OIDC_DENIED: {
    kind: 'forbidden',
    detail: 'The sign-in at {provider} was cancelled.',
    help: 'Nothing has happened. Begin again, and agree to what the provider asks.',
  },
  OIDC_EMAIL_UNVERIFIED: {
    kind: 'forbidden',
    detail: 'No account is made for an address that {provider} has not verified.',
    help: 'Verify the address there, or register here and link {provider} afterwards. Whether there is an account with the address is not told.',
  },
  OIDC_IDENTITY: {
    kind: 'not-found',
    detail: 'You have no linked identity with this id.',
    help: 'Take the id from the list of your identities.',
  },
  OIDC_LEVEL: {
    kind: 'forbidden',
    detail: 'The sign-in at {provider} was not as strong or not as recent as is needed here.',
    help: 'Sign in there again, with the second factor if it asks for one. What is needed are the options `acr` and `maxAge` of the provider.',
  },
  OIDC_LINKED_ELSEWHERE: {
    kind: 'conflict',
    detail: 'This identity of {provider} is linked to another account.',
    help: 'Sign in to that account and unlink it there, or choose another identity.',
  },
  OIDC_LINK_FIRST: {
    kind: 'conflict',
    detail: 'There is an account with the address that {provider} has told, and this identity is not linked to it.',
    help: 'Sign in to the account as before, and link {provider} in its settings.',
  },
  OIDC_LOGOUT: {
    kind: 'invalid',
    detail: 'The logout token of {provider} is not taken: {reason}.',
    help: 'It must be as OpenID Connect Back-Channel Logout 1.0 says, with the type logout+jwt, and be sent once, at once.',
  },
  OIDC_NOT_ACCEPTED: {
    kind: 'forbidden',
    detail: 'This identity of {provider} may not be used here.',
    help: 'The option `accept` of the provider has refused it: take one that it accepts.',
  },
  OIDC_OPTIONS: {
    kind: 'internal',
    detail: 'The option {option} of OidcModule.with is {value}: {rule}.',
    help: 'Correct the option. What each of them takes is in docs/how-to/openid-connect.md.',
  },
  OIDC_PROVIDER: {
    kind: 'not-found',
    detail: 'There is no provider {provider}.',
    help: 'The names are the keys of `providers` in OidcModule.with.',
  },
  OIDC_REFUSED: {
    kind: 'forbidden',
    detail: 'The provider {provider} has refused the sign-in.',
    help: 'Begin again. If that does not help: the log of the server says why, often a wrong client secret or redirect URI.',
  },
  OIDC_RESPONSE: {
    kind: 'forbidden',
    detail: 'The answer of {provider} fails a check, so nobody was signed in.',
    help: 'Begin again. The log of the server says which check it was.',
  },
  OIDC_RETURN_TO: {
    kind: 'invalid',
    detail: 'returnTo is {value}: it must be a path of this site.',
    help: 'Pass a path that begins with one slash, of at most 1,000 characters.',
  },
  OIDC_SESSION: {
    kind: 'forbidden',
    detail: 'You are not signed in as the one who began to link {provider}.',
    help: 'Sign in, and begin again in the same browser.',
  },
  OIDC_STATE: {
    kind: 'forbidden',
    detail: 'This sign-in is over: it was not begun in this browser, was completed already, or has waited for more than ten minutes.',
    help: 'Begin again, and stay in one browser that takes cookies. Of more than five at the same time the oldest ends.',
  },
  OIDC_TOKENS: {
    kind: 'conflict',
    detail: 'There are no tokens of {provider} that can be used.',
    help: 'The provider needs the option `keepTokens: true`. If it has it, the user must sign in there again.',
  },
  OIDC_UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'The provider {provider} cannot be reached at the moment.',
    help: 'Try again later. Why stands in the log of the server: check the issuer, its metadata, and whether the guarded fetch may reach it.',
  },
} as const satisfies ErrorDefinitions;
