import { testsOf, type Chapter } from '../requirement.ts';
import { PASSWORDS } from './v6-passwords.ts';

const throttle = testsOf('packages/auth/test/throttle.test.ts');
const factors = testsOf('packages/auth/test/second-factor.test.ts');
const oneTime = testsOf('packages/auth/test/one-time-tokens.test.ts');
const stepUp = testsOf('packages/auth/test/step-up.test.ts');
const sources = testsOf('scripts/asvs/source-rules.test.ts');
const accounts = testsOf('packages/auth/test/account-passwords.test.ts');
const registration = testsOf('packages/auth/test/account-registration.test.ts');
const requireMfa = testsOf('packages/auth/test/require-mfa.test.ts');
const signIns = testsOf('packages/auth/test/sign-ins.test.ts');
const oidc = testsOf('packages/auth/test/oidc-sign-in.test.ts');
const oidcHostile = testsOf('packages/auth/test/oidc-hostile.test.ts');

export const V6: Chapter = {
  number: 6,
  title: 'Authentication',
  requirements: [
    ...PASSWORDS,
    {
      id: '6.3.1',
      level: 1,
      asks: 'Guessing passwords is slowed down.',
      how: 'By account, by device and by client; strangers cannot lock an owner out.',
      by: 'default',
      tests: [
        throttle('five failures are free, then the wait doubles from a second to a minute, whatever the addresses [AU-13]'),
        throttle('a day of guessing from ten thousand addresses tests no more than a hundred passwords [AU-13]'),
        throttle('fifty attempts at once count as attempts one after the other do: five are tested [AU-13]'),
      ],
    },
    {
      id: '6.3.2',
      level: 1,
      asks: 'There are no default accounts or secrets.',
      how: 'Plinth brings no account; production refuses keys that are short, known or guessable.',
      by: 'default',
      tests: [
        testsOf('packages/core/test/app-key.test.ts')('a short key and a known one are refused in production, and not printed'),
        testsOf('packages/core/src/key/app-key.test.ts')('a key made of a text is refused in production'),
      ],
    },
    {
      id: '6.3.3',
      level: 2,
      asks: 'A second factor, or several in one, is demanded.',
      how: 'An account that has a second factor is always asked for it, and until then its session opens nothing; `requireMfa` demands of everybody at a route to have and show one.',
      by: 'one line',
      tests: [
        stepUp('a session that waits for its second factor opens the second step and nothing else [AU-10]'),
        requireMfa('who has no second factor is told to set one up, and passes with the session that did [AU-20]'),
        requireMfa('two proofs of one factor are one factor, and what says nothing of the user is none [AU-20]'),
      ],
    },
    {
      id: '6.3.4',
      level: 2,
      asks: 'All ways to sign in are as strong as each other.',
      how: 'Passwords, passkeys and other providers all end in `SignIns.complete`, which asks for the second factor of the account.',
      by: 'default',
      tests: [
        signIns('a sign-in asks for the second factor, and until then opens nothing and tells nobody that it is complete [AU-10]'),
        signIns('factors of other modules are asked for, before the recovery codes [AU-10]'),
        oidc('the second factor of the account is asked for, unless the provider has asked for one [AU-08]'),
      ],
    },
    {
      id: '6.4.1',
      level: 1,
      asks: 'First passwords and invitations are random, short-lived and used once.',
      how: 'One-time tokens have 256 random bits, end with their time, and are taken once.',
      by: 'default',
      tests: [
        oneTime('a link works once, and says whose it is [AU-09]'),
        oneTime('a link ends with its time, with a newer one, and with a revocation [AU-09]'),
        oneTime('of 50 requests with one link at the same time one gets through [AU-09]'),
      ],
    },
    {
      id: '6.4.2',
      level: 1,
      asks: 'There are no hints and no secret questions.',
      how: 'Accounts have no field for one, and fields that nobody declared are refused.',
      by: 'default',
      tests: [registration('fields that nobody declared are refused, and nothing is written [AU-09]')],
    },
    {
      id: '6.4.3',
      level: 2,
      asks: 'Resetting a password does not get around the second factor.',
      how: 'A reset ends the sessions, keeps the second factor, and the next sign-in asks for it.',
      by: 'default',
      tests: [
        accounts('a reset signs everybody out, keeps the second factor, and is good once and for 15 minutes [AU-12]'),
        accounts('a second factor that was set up is asked for after a reset [AU-12]'),
      ],
    },
    {
      id: '6.4.4',
      level: 2,
      asks: 'Whoever lost a factor proves who they are as well as at the beginning.',
      how: 'Recovery codes are made with the factor. Beyond them, how you know a person again is yours: `Totp.disable` and `RecoveryCodes.remove` are for the route of your support, and are noted.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '6.5.1',
      level: 2,
      asks: 'Codes are good once.',
      how: 'Codes of apps, recovery codes and codes by mail are taken by one atomic step of the store.',
      by: 'default',
      tests: [
        factors('a code is good once, and an earlier one never after a later [AU-10]'),
        factors('ten recovery codes of 26 base32 characters, stored as hashes, each good once, written as people write them [AU-10]'),
        oneTime('of 50 right answers at the same time one gets through'),
      ],
    },
    {
      id: '6.5.2',
      level: 2,
      asks: 'Stored codes of little randomness are hashed like passwords.',
      how: 'Recovery codes have 130 random bits, and the store has only their hashes; of codes by mail it has a keyed hash.',
      by: 'default',
      tests: [
        factors('ten recovery codes of 26 base32 characters, stored as hashes, each good once, written as people write them [AU-10]'),
        oneTime('the store holds no token and no code, nor anything from which a code can be found'),
      ],
    },
    {
      id: '6.5.3',
      level: 2,
      asks: 'Codes and secrets come from a cryptographic generator.',
      how: 'They come from node:crypto; nothing else may.',
      by: 'default',
      tests: [sources('what must not be guessed comes from the generator of node:crypto: Math.random chooses pauses and nothing else')],
    },
    {
      id: '6.5.4',
      level: 2,
      asks: 'Codes have at least 20 bits.',
      how: 'Codes by mail have eight digits (26 bits), recovery codes 130 bits.',
      by: 'default',
      tests: [
        oneTime('a code has eight digits, works once, and only with its request [AU-12]'),
        factors('ten recovery codes of 26 base32 characters, stored as hashes, each good once, written as people write them [AU-10]'),
      ],
    },
    {
      id: '6.5.5',
      level: 2,
      asks: 'Codes live for a short time: ten minutes, of apps 30 seconds.',
      how: 'Codes of apps last for a step of 30 seconds, with one on each side; codes by mail for the `lifetime` that is said for them.',
      by: 'one line',
      tests: [
        testsOf('packages/auth/src/mfa/otp.test.ts')('the code of the step before, of now and of the next is accepted, and no other'),
        testsOf('packages/auth/test/asvs/codes.test.ts')('a code by mail is good for the time that was said for it, and no longer'),
      ],
    },
    {
      id: '6.6.1',
      level: 2,
      asks: 'Codes over the telephone network are offered only beside a stronger factor.',
      how: 'Plinth sends no SMS. Whoever adds it offers an authenticator or passkey beside it, which Plinth has.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '6.6.2',
      level: 2,
      asks: 'A code belongs to the request that it was made for.',
      how: 'A code counts only with the id of its request, which the browser keeps.',
      by: 'default',
      tests: [
        oneTime('a code has eight digits, works once, and only with its request [AU-12]'),
        oneTime('a link fits its purpose only, and is not lost at another [AU-12]'),
      ],
    },
    {
      id: '6.6.3',
      level: 2,
      asks: 'Codes cannot be tried out.',
      how: 'Five tries a code; ten an hour for the factors of an account.',
      by: 'default',
      tests: [
        oneTime('a code can be tried five times: then the right one is refused too'),
        oneTime('50 guesses at the same time are five tries, and texts that are no code count too'),
        factors('after ten codes within an hour even the right one is refused; a right one forgives the tries before it [AU-10]'),
      ],
    },
    {
      id: '6.8.1',
      level: 2,
      asks: 'Users of several providers cannot be taken for each other.',
      how: 'An identity is issuer and subject; two providers may call their users the same.',
      by: 'default',
      tests: [oidc('two providers at once keep their users apart, though they call them the same [AU-08]')],
    },
    {
      id: '6.8.2',
      level: 2,
      asks: 'Signatures of assertions are always checked.',
      how: 'ID tokens are checked against the keys of the issuer, also those that came over TLS.',
      by: 'default',
      tests: [oidcHostile('an ID token that no key of the provider has signed signs nobody in [AU-08]')],
    },
    {
      id: '6.8.4',
      level: 2,
      asks: 'How strongly the provider has checked is known and demanded.',
      how: '`acr` and `auth_time` are asked for and insisted on; `amr` says whether the provider has asked for a second factor.',
      by: 'one line',
      tests: [
        oidc('max_age and acr are asked for and insisted on [AU-08]'),
        oidc('the second factor of the account is asked for, unless the provider has asked for one [AU-08]'),
      ],
    },
  ],
};
