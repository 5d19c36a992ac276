import { testsOf, type Requirement } from '../requirement.ts';

const rules = testsOf('packages/auth/test/password-rules.test.ts');
const policy = testsOf('packages/auth/src/password/password-policy.test.ts');
const passwords = testsOf('packages/auth/test/passwords.test.ts');
const accounts = testsOf('packages/auth/test/account-passwords.test.ts');

/** Sections 1 and 2 of chapter 6. */
export const PASSWORDS: readonly Requirement[] = [
  {
    id: '6.1.2',
    level: 2,
    asks: 'Words of the organisation are listed, to be refused in passwords.',
    how: '`contextWords` is that list; the name of the application is on it.',
    by: 'one line',
    tests: [rules('a password of words that belong to the service or the account is refused [AU-09]')],
  },
  {
    id: '6.2.1',
    level: 1,
    asks: 'Passwords have at least 8 characters, better 15.',
    how: '15, counted as people count; 8 is the least that can be set.',
    by: 'default',
    tests: [
      policy('a password needs 15 characters, counted as a person counts them'),
      policy('options below the floor are refused where they are written'),
    ],
  },
  {
    id: '6.2.2',
    level: 1,
    asks: 'Users can change their password.',
    how: 'A route of `accountRoutes`, also for accounts that had no password.',
    by: 'default',
    tests: [
      accounts('a new password ends every other session and the refresh tokens, and gives this browser another token'),
      accounts('an account without a password gets one after a step-up, once'),
    ],
  },
  {
    id: '6.2.3',
    level: 1,
    asks: 'Changing it takes the current one.',
    how: 'The route asks for the current password, and slows down whoever guesses it.',
    by: 'default',
    tests: [
      accounts('a new password ends every other session and the refresh tokens, and gives this browser another token'),
      accounts('wrong present passwords are slowed down as failed sign-ins are'),
    ],
  },
  {
    id: '6.2.4',
    level: 1,
    asks: 'Common passwords are refused: the 3,000 most common at least.',
    how: 'A list of 49,233 is built in, and what is made of one by repeating or decorating it is refused too.',
    by: 'default',
    tests: [rules('a common password, or one made of it, is refused: *')],
  },
  {
    id: '6.2.5',
    level: 1,
    asks: 'No signs of certain kinds are demanded.',
    how: 'Length is all that is asked for.',
    by: 'default',
    tests: [policy('any character will do: spaces, line breaks, every script, nothing but one letter')],
  },
  {
    id: '6.2.8',
    level: 1,
    asks: 'A password is checked as it was received.',
    how: 'Neither trimmed nor folded nor cut.',
    by: 'default',
    tests: [passwords('a password is taken as received: neither trimmed nor normalised nor cut [AU-09]')],
  },
  {
    id: '6.2.9',
    level: 2,
    asks: 'Passwords of 64 characters are allowed.',
    how: '1,024 are; the limit cannot be set below 64.',
    by: 'default',
    tests: [
      policy('1,024 characters are accepted and one more is not, whatever their size'),
      policy('options below the floor are refused where they are written'),
    ],
  },
  {
    id: '6.2.10',
    level: 2,
    asks: 'Passwords do not expire by themselves.',
    how: 'Nothing looks at the age of a password.',
    by: 'default',
    tests: [testsOf('packages/auth/test/asvs/passwords.test.ts')('a password of ten years ago signs in like one of today')],
  },
  {
    id: '6.2.11',
    level: 2,
    asks: 'The listed words of the organisation are refused in passwords.',
    how: 'Passwords that are made of them are refused, and of the name and address of the account.',
    by: 'one line',
    tests: [rules('a password of words that belong to the service or the account is refused [AU-09]')],
  },
  {
    id: '6.2.12',
    level: 2,
    asks: 'New passwords are looked up among breached ones.',
    how: 'In a file of yours, or at Have I Been Pwned, which learns five digits of a hash.',
    by: 'one line',
    tests: [
      rules('a breached password is refused, by a source of your own too, and no message holds it [AU-09]'),
      rules('Have I Been Pwned is told five digits of the hash, and padding is asked for [AU-09]'),
    ],
  },
];
