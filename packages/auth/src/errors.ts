import { defineErrors } from '@plinth/core';
import { ACCESS_ERRORS } from './errors/access-errors.js';
import { ACCOUNT_ERRORS } from './errors/account-errors.js';
import { OIDC_ERRORS } from './errors/oidc-errors.js';
import { PASSKEY_ERRORS } from './errors/passkey-errors.js';
import { SIGN_IN_ERRORS } from './errors/sign-in-errors.js';

/** Every error that `@plinth/auth` raises; each code (`AUTH_…`) has a page in `docs/reference/errors/`. */
export const AUTH_ERRORS = defineErrors('AUTH', {
  ...ACCESS_ERRORS,
  ...ACCOUNT_ERRORS,
  ...OIDC_ERRORS,
  ...PASSKEY_ERRORS,
  ...SIGN_IN_ERRORS,
  PACKAGE_MISSING: {
    kind: 'internal',
    detail: '{part} needs {packages}, which is not installed, or not all of it.',
    help: 'npm install {packages}.',
  },
  API_KEY_EXPIRED: {
    kind: 'unauthenticated',
    detail: 'The API key has expired.',
    help: 'Make a new key, and put it in the place of this one.',
  },
  API_KEY_INVALID: {
    kind: 'unauthenticated',
    detail: 'The API key is not valid.',
    help: 'It is well-formed, but unknown here, or it has been revoked. Make a new one.',
  },
  API_KEY_MALFORMED: {
    kind: 'unauthenticated',
    detail: 'The API key cannot be one of this service: {reason}.',
    help: 'Copy the whole key, from its prefix to its last character.',
  },
  API_KEY_OPTIONS: {
    kind: 'invalid',
    detail: 'An API key cannot be made like this: {option} must be {rule}.',
    help: 'Correct what ApiKeys.create is given.',
  },
  BUSY: {
    kind: 'unavailable',
    detail: 'Passwords are being checked as fast as this process can: {waiting} are waiting already.',
    help: 'Try again after the seconds in Retry-After. If this is not an attack, raise `passwords.queue` or run more processes.',
  },
  BREACHED_UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'Breached passwords could not be looked up: {reason}.',
    help: 'New passwords are accepted without the look-up until it works again.',
  },
  CIPHERTEXT: {
    kind: 'internal',
    detail: 'A ciphertext of the purpose "{purpose}" cannot be read: {reason}.',
    help: 'Pass the text that Cipher.encrypt gave, with the same purpose and the same record id. Text that was edited or cut is lost.',
  },
  CIPHERTEXT_KEY: {
    kind: 'internal',
    detail: 'A ciphertext of the purpose "{purpose}" was made with the key {keyId}, which no key in APP_KEY gives.',
    help: 'List the former key in APP_KEY after the current one, separated by a comma, until nothing is encrypted with it any more.',
  },
  CLAIM_RESERVED: {
    kind: 'internal',
    detail: 'The claim "{claim}" cannot be passed to Tokens.sign: the framework sets it.',
    help: 'Name your own claims differently from iss, sub, aud, exp, nbf, iat and jti (RFC 7519, section 4.1).',
  },
  CREDENTIALS: {
    kind: 'unauthenticated',
    detail: 'The name or the password is wrong.',
    help: 'The same answer is given for an unknown name and for a wrong password, so that nobody can find out who has an account.',
  },
  ENCRYPT_INPUT: {
    kind: 'internal',
    detail: 'A value of the purpose "{purpose}" cannot be encrypted: {reason}.',
    help: 'Pass well-formed text (or bytes, to Cipher.encryptBytes), and a record id that says which row it belongs to.',
  },
  IN_TRANSACTION: {
    kind: 'internal',
    detail: '{what} cannot be tried inside a transaction: a rollback would take back what must stay noted.',
    help: 'Try it before the transaction begins, and leave inTransaction() and @Transactional off the route or method that does.',
  },
  ISSUER_UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'The keys of the token issuer {issuer} cannot be had at the moment.',
    help: 'Try again later. Why stands in the log of the server: check the issuer, its metadata, and whether FetchModule may reach it.',
  },
  LEVEL: {
    kind: 'unauthenticated',
    detail: 'This needs a stronger or more recent sign-in than the access token tells of.',
    help: 'Ask the issuer for a new token with the acr_values and max_age that WWW-Authenticate names (RFC 9470).',
  },
  NOTHING_PENDING: {
    kind: 'forbidden',
    detail: 'This session does not wait for a second factor.',
    help: 'The second step of a sign-in is for sessions that were started with `pending: true`; to confirm again who you are, use the route for that.',
  },
  ONE_TIME_CODE: {
    kind: 'invalid',
    detail: 'The code is wrong, has been used, or has expired.',
    help: 'Check the eight digits, or ask for a new code: each can be tried five times, and ten can be tried in an hour.',
  },
  ONE_TIME_OPTIONS: {
    kind: 'internal',
    detail: 'A one-time token cannot be made like this: {option} must be {rule}.',
    help: 'Correct what OneTimeTokens.issue or issueCode is given.',
  },
  ONE_TIME_TOKEN: {
    kind: 'invalid',
    detail: 'The link is not valid: it has been used, replaced by a newer one, or it has expired.',
    help: 'Ask for a new link, and use the newest one that came.',
  },
  OPTIONS: {
    kind: 'internal',
    detail: 'AuthModule.with: {option} is {value}, but {rule}.',
    help: 'Correct the option where AuthModule.with(...) is called.',
  },
  PASSWORD_BREACHED: {
    kind: 'invalid',
    detail: 'This password has appeared in a data breach, so that others will try it.',
    help: 'Choose another one, and change it wherever else it is in use.',
  },
  PASSWORD_COMMON: {
    kind: 'invalid',
    detail: 'This password is one of those that are tried first: a common one, or one made by repeating or counting.',
    help: 'Choose several words that have nothing to do with each other, or let a password manager choose.',
  },
  PASSWORD_CONTEXT: {
    kind: 'invalid',
    detail: 'This password is little more than a name of this service or of this account.',
    help: 'Choose words that nobody connects with the service or with you.',
  },
  PASSWORD_FILTER: {
    kind: 'internal',
    detail: 'The password filter {file} cannot be used: {reason}.',
    help: 'Build it with buildPasswordFilter. If it is common-passwords.bin, install @plinth/auth anew, or keep bundlers from leaving it out.',
  },
  PASSWORD_HASH: {
    kind: 'internal',
    detail: 'A stored password hash is not an argon2 hash in PHC format (it begins with "{start}").',
    help: 'Store exactly what Passwords.hash returned, in a column of at least 255 characters. Hashes of other algorithms need a migration.',
  },
  PASSWORD_MALFORMED: {
    kind: 'invalid',
    detail: 'The password is not well-formed Unicode: it holds half of a surrogate pair.',
    help: 'Send the password as UTF-8 text.',
  },
  PASSWORD_PEPPER: {
    kind: 'internal',
    detail: 'A stored password hash was made with the pepper {keyId}, which is not among the keys.',
    help: 'Put the former key back: into APP_KEY after the current one, or into `passwords.pepper`. Without it the hash cannot be checked.',
  },
  PASSWORD_TOO_LONG: {
    kind: 'invalid',
    detail: 'The password has more than {limit} characters.',
    help: 'Choose a shorter password.',
  },
  PASSWORD_TOO_SHORT: {
    kind: 'invalid',
    detail: 'The password has {length} characters; at least {limit} are needed.',
    help: 'Choose a longer password: several words are easier to remember than symbols.',
  },
  REFRESH_INVALID: {
    kind: 'unauthenticated',
    detail: 'The refresh token is not valid: it is unknown, over, or has been revoked.',
    help: 'Sign in again.',
  },
  REFRESH_OPTIONS: {
    kind: 'internal',
    detail: 'A refresh token cannot be issued like this: {option} must be {rule}.',
    help: 'Correct what RefreshTokens.issue is given.',
  },
  REFRESH_REUSED: {
    kind: 'unauthenticated',
    detail: 'The refresh token was presented a second time, or by another client, so all tokens of its sign-in have been revoked.',
    help: 'Sign in again. Use each refresh token once, and let one request at a time do it.',
  },
  REMOTE_OPTIONS: {
    kind: 'internal',
    detail: 'remoteTokens: {option} must be {rule}.',
    help: 'Correct the option where remoteTokens(...) is called.',
  },
  ROLE_MISSING: {
    kind: 'forbidden',
    detail: 'This needs the role {roles}.',
    help: 'Sign in as a user who has the role, or give it to this user.',
  },
  SCOPES_WITHOUT_TOKEN: {
    kind: 'internal',
    detail: 'The guard scopes found neither an access token nor an API key.',
    help: 'List scopes(...) after a guard that adds one, as in guarded(bearer(), scopes("orders:read")).',
  },
  SCOPE_MISSING: {
    kind: 'forbidden',
    detail: 'This needs a token or key with the scopes {scopes}.',
    help: 'Ask for a token with these scopes, or make an API key that has them.',
  },
  SECOND_FACTOR_CODE: {
    kind: 'unauthenticated',
    detail: 'The code is wrong, has been used, or is no longer valid.',
    help: 'Wait for the next code. The same answer is given where no second factor is set up.',
  },
  SECOND_FACTOR_LIMIT: {
    kind: 'too-many',
    detail: 'Too many codes were tried for this account.',
    help: 'Try again after the seconds in Retry-After.',
  },
  SECOND_FACTOR_NEEDED: {
    kind: 'forbidden',
    detail: 'The sign-in is not complete: a second factor is needed.',
    help: 'Send the second factor to the route for it. This session opens nothing else until then.',
  },
  SECURITY_LOG: {
    kind: 'unavailable',
    detail: 'The event could not be written to the security log, so nothing was done.',
    help: 'The store of the security log failed; its error is the cause. `securityLog: { whenDown: "open" }` goes on without the record.',
  },
  SECURITY_LOG_EVENT: {
    kind: 'internal',
    detail: 'The security event {type} cannot be recorded: {reason}.',
    help: 'Name events in lower-case words with dots, and keep their details flat and below 2 KiB.',
  },
  SESSION_COOKIE: {
    kind: 'unauthenticated',
    detail: 'The request has {count} session cookies; one is expected.',
    help: 'Delete the cookies of this site, and sign in again.',
  },
  SESSION_ENDED: {
    kind: 'unauthenticated',
    detail: 'The session has ended.',
    help: 'Sign in again.',
  },
  SESSION_METHOD: {
    kind: 'internal',
    detail: 'The kind of proof {method} is no name of RFC 8176.',
    help: 'Name the kinds of proof with short names such as pwd, otp, hwk, sms, mfa.',
  },
  SESSION_TOO_LARGE: {
    kind: 'internal',
    detail: 'The data of a session takes {bytes} bytes as JSON; {limit} are allowed.',
    help: 'Keep references in the session and the data itself in your tables.',
  },
  STEP_UP_NEEDED: {
    kind: 'forbidden',
    detail: 'This needs {needed} within the last {seconds} seconds.',
    help: 'Let the user prove again who they are, then try again. The members `maxAge` and `methods` say what is needed.',
  },
  THROTTLED: {
    kind: 'too-many',
    detail: 'Too many attempts. Try again in {seconds} s.',
    help: 'Wait for the seconds in Retry-After. Every attempt counts until one succeeds, whether there is such an account or not.',
  },
  THROTTLE_HELD: {
    kind: 'too-many',
    detail: 'Too many attempts have failed in a row: the password must be reset, or a second factor given, first.',
    help: 'Reset the password, or sign in from a device that was used before. The same is said of accounts that do not exist.',
  },
  TOKEN_EXPIRED: {
    kind: 'unauthenticated',
    detail: 'The access token has expired.',
    help: 'Sign in again for a new token.',
  },
  TOKEN_INVALID: {
    kind: 'unauthenticated',
    detail: 'The access token is not valid.',
    help: 'Send the token exactly as it was issued. Why it was refused stands in the log of the server, never in the answer.',
  },
  TOKEN_KEY: {
    kind: 'internal',
    detail: 'tokens.keys[{index}] cannot be used: {reason}.',
    help: 'Give Ed25519 or P-256 keys: a PKCS#8 PEM as privateKey to sign, an SPKI PEM as publicKey to verify only; each id once.',
  },
  TOTP_ENROLMENT: {
    kind: 'conflict',
    detail:
      'No authenticator waits to be confirmed: it was confirmed already, replaced by a newer one, or waited for longer than {minutes} minutes.',
    help: 'Begin anew with Totp.enrol.',
  },
  USER_WITHOUT_ROLES: {
    kind: 'internal',
    detail: 'The guard role of {roles} found no user with a list `roles`: {found}.',
    help: 'List role(...) after a guard that adds a user, as in guarded(session, role("admin")), and let your user store return `roles`.',
  },
});
