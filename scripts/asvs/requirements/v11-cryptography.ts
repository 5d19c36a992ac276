import { testsOf, type Chapter } from '../requirement.ts';

const sources = testsOf('scripts/asvs/source-rules.test.ts');
const encryption = testsOf('packages/auth/test/encryption.test.ts');
const passwords = testsOf('packages/auth/test/passwords.test.ts');
const tokens = testsOf('packages/auth/test/access-tokens.test.ts');
const remote = testsOf('packages/auth/test/remote-tokens.test.ts');

export const V11: Chapter = {
  number: 11,
  title: 'Cryptography',
  requirements: [
    {
      id: '11.1.2',
      level: 2,
      asks: 'There is an inventory of keys, algorithms and certificates.',
      how: '`plinth security inventory` lists keys by id, algorithms and certificate of one application; the security model says which algorithm each use of `APP_KEY` has. Keys of other issuers are not in it.',
      by: 'one line',
      tests: [
        testsOf('packages/cli/test/security-inventory.test.ts')(
          'keys by id, algorithms, lifetimes, connections and open routes are listed, and no secret is (ASVS 11.1.2, 13.1.1)',
        ),
        testsOf('packages/core/test/security-inventory.test.ts')(
          'the application key is listed by ids of the current and the former keys, and what was derived, never by itself (ASVS 11.1.2)',
        ),
        testsOf('packages/http/test/security-inventory.test.ts')(
          'a server that ends TLS is listed with its certificate, and without its key (ASVS 11.1.2)',
        ),
      ],
    },
    {
      id: '11.2.1',
      level: 2,
      asks: 'Cryptography comes from checked implementations.',
      how: 'From node:crypto and four named libraries.',
      by: 'default',
      tests: [sources('ciphers, hashes and keys are those of node:crypto, and of libraries that are named here')],
    },
    {
      id: '11.2.2',
      level: 2,
      asks: 'Algorithms and keys can be replaced.',
      how: 'Ciphertexts, hashes and tokens name their key and parameters; old ones are read and written anew.',
      by: 'default',
      tests: [
        encryption('a former key decrypts, and its values are encrypted anew with the current one'),
        passwords('the hash that RFC 9106 argon2id gives for other parameters is understood, and its weaker ones are replaced [AU-09]'),
        tokens('an older APP_KEY that is still listed verifies but no longer signs [AU-05]'),
      ],
    },
    {
      id: '11.2.3',
      level: 2,
      asks: 'Everything has at least 128 bits of security.',
      how: 'AES-256, SHA-256, keys of 32 bytes; shorter keys are refused. Signatures of others may be RSA with 2,048 bits, which is 112 bits of security: see 11.6.1.',
      by: 'default',
      tests: [
        encryption('it is AES-256-GCM under a key that HKDF-SHA-256 derives for the purpose, with purpose and record as associated data'),
        testsOf('packages/core/src/key/app-key.test.ts')('a key that has 16 bytes; 32 are needed. is refused everywhere and never printed'),
      ],
    },
    {
      id: '11.3.1',
      level: 1,
      asks: 'No unsafe mode of a block cipher and no weak padding.',
      how: 'There is one cipher, AES-256-GCM, and no encryption with RSA.',
      by: 'default',
      tests: [sources('every cipher is AES-256-GCM, and nothing is encrypted with RSA')],
    },
    {
      id: '11.3.2',
      level: 1,
      asks: 'Only approved ciphers and modes.',
      how: 'AES-256-GCM.',
      by: 'default',
      tests: [sources('every cipher is AES-256-GCM, and nothing is encrypted with RSA')],
    },
    {
      id: '11.3.3',
      level: 2,
      asks: 'What is encrypted cannot be changed unnoticed.',
      how: 'The cipher authenticates, with purpose and record as associated data.',
      by: 'default',
      tests: [
        encryption('a ciphertext that was edited at any place, cut or lengthened does not open'),
        encryption('a ciphertext does not open for another record, nor for another purpose'),
      ],
    },
    {
      id: '11.4.1',
      level: 1,
      asks: 'Only approved hashes.',
      how: 'SHA-256. SHA-1 stands where a protocol demands it: in codes of apps (HMAC), lists of breached passwords, names of Redis scripts.',
      by: 'default',
      tests: [sources('hashes older than SHA-256 stand only where a protocol demands them')],
    },
    {
      id: '11.4.2',
      level: 2,
      asks: 'Passwords are stored by a slow hash with current parameters.',
      how: 'argon2id with 19 MiB and two passes; the parameters can only be raised.',
      by: 'default',
      tests: [passwords('a hash is an argon2id PHC string with 19 MiB, two passes and a salt of its own [AU-09]')],
    },
    {
      id: '11.4.3',
      level: 2,
      asks: 'Hashes that guard integrity have 256 bits.',
      how: 'The security log is a chain of keyed SHA-256; tokens are stored as SHA-256.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/security-log.test.ts')(
          'a record says what, when, who, whom, from where, and its hash seals it with all before it [AU-21]',
        ),
        sources('hashes older than SHA-256 stand only where a protocol demands them'),
      ],
    },
    {
      id: '11.4.4',
      level: 2,
      asks: 'Keys are derived by an approved function.',
      how: 'HKDF-SHA-256 from `APP_KEY`, one key for each purpose.',
      by: 'default',
      tests: [testsOf('packages/core/src/key/app-key.test.ts')('keys are derived by HKDF-SHA-256, one for each purpose')],
    },
    {
      id: '11.5.1',
      level: 2,
      asks: 'What must not be guessed has 128 random bits; UUIDs are no secrets.',
      how: 'Tokens have 256 bits and more of node:crypto; ids are never taken for tokens.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/sessions.test.ts')('the token of a session has 256 random bits, and only its hash is stored [AU-01]'),
        testsOf('packages/auth/test/pkce.test.ts')('a new verifier has 256 random bits in the characters of RFC 7636, and its challenge'),
        sources('what must not be guessed comes from the generator of node:crypto: Math.random chooses pauses and nothing else'),
      ],
    },
    {
      id: '11.6.1',
      level: 2,
      asks: 'Only approved algorithms make keys and signatures.',
      how: 'Keys are made and tokens signed with Ed25519 and P-256 only. RSA is verified, never made: of other issuers where it is asked for, of providers of sign-in and of passkeys, many of which have nothing else (RS256). Tokens need 2,048 bits, not the 3,072 of 128 bits of security.',
      by: 'default',
      tests: [
        tokens('with Ed25519 or P-256 keys tokens are EdDSA or ES256, and a public key alone verifies them [AU-05]'),
        testsOf('packages/auth/test/options.test.ts')('an RSA key signs no tokens'),
        remote('RSA is taken only where it is asked for, and only with 2,048 bits or more [AU-05]'),
      ],
    },
  ],
};
