import { defineErrors } from '@plinth/core';

/** Every error that `@plinth/auth` raises; each code (`AUTH_…`) has a page in `docs/reference/errors/`. */
export const AUTH_ERRORS = defineErrors('AUTH', {
  BUSY: {
    kind: 'unavailable',
    detail: 'Passwords are being checked as fast as this process can: {waiting} are waiting already.',
    help: 'Try again after the seconds in Retry-After. If this is not an attack, raise `passwords.queue` or run more processes.',
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
  OPTIONS: {
    kind: 'internal',
    detail: 'AuthModule.with: {option} is {value}, but {rule}.',
    help: 'Correct the option where AuthModule.with(...) is called.',
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
  ROLE_MISSING: {
    kind: 'forbidden',
    detail: 'This needs the role {roles}.',
    help: 'Sign in as a user who has the role, or give it to this user.',
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
  SESSION_TOO_LARGE: {
    kind: 'internal',
    detail: 'The data of a session takes {bytes} bytes as JSON; {limit} are allowed.',
    help: 'Keep references in the session and the data itself in your tables.',
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
    help: 'Give Ed25519 or P-256 keys: a PKCS#8 PEM as privateKey to sign, an SPKI PEM as publicKey to verify only.',
  },
  USER_WITHOUT_ROLES: {
    kind: 'internal',
    detail: 'The guard role of {roles} found no user with a list `roles`: {found}.',
    help: 'List role(...) after a guard that adds a user, as in guarded(session, role("admin")), and let your user store return `roles`.',
  },
});
