import { testsOf, type Chapter } from '../requirement.ts';

const tokens = testsOf('packages/auth/test/access-tokens.test.ts');
const remote = testsOf('packages/auth/test/remote-tokens.test.ts');

export const V9: Chapter = {
  number: 9,
  title: 'Self-contained tokens',
  requirements: [
    {
      id: '9.1.1',
      level: 1,
      asks: 'The signature is checked before anything of a token counts.',
      how: 'A token without a signature by a known key says nothing.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/asvs/tokens.test.ts')('a token whose content or signature was changed in any part is refused'),
        tokens('a header cannot bring its own key, name an unknown one, or ask for critical extensions [AU-05]'),
      ],
    },
    {
      id: '9.1.2',
      level: 1,
      asks: 'Only listed algorithms are taken, never `none`, and keys belong to one.',
      how: 'A key has one algorithm; the header can choose the key, never the algorithm.',
      by: 'default',
      tests: [
        tokens('no algorithm but that of the key is taken: not none, not HS256 with the public key as secret [AU-05]'),
        remote('RS256 to HS256 confusion: the public key is no secret, in any spelling [AU-05]'),
        remote('a symmetric key in the key set verifies nothing [AU-05]'),
      ],
    },
    {
      id: '9.1.3',
      level: 1,
      asks: 'Keys come from configured places.',
      how: '`jwk`, `jku`, `x5u` and `x5c` are not read; the keys of another issuer are those of its metadata.',
      by: 'default',
      tests: [
        remote('the header chooses a key by its id and brings none: jwk, jku, x5u and x5c are not read [AU-05]'),
        remote('metadata are found where RFC 8414 puts them, and not used when they are those of another issuer'),
      ],
    },
    {
      id: '9.2.1',
      level: 1,
      asks: 'A token counts in its time only.',
      how: 'Ten minutes, with thirty seconds of leeway; a token without an expiry is refused.',
      by: 'default',
      tests: [
        tokens('a token expires after its lifetime and thirty seconds of leeway, and says so [AU-05]'),
        tokens('a token from the future is refused [AU-05]'),
      ],
    },
    {
      id: '9.2.2',
      level: 2,
      asks: 'A token is taken for its purpose only.',
      how: 'Access tokens are of the type `at+jwt`, and no other type is taken for one.',
      by: 'default',
      tests: [tokens('a token that lacks a claim or is of another type is refused although its signature is right [AU-05]')],
    },
    {
      id: '9.2.3',
      level: 2,
      asks: 'A token is taken by its audience only.',
      how: 'The audience is demanded and compared; a token that is for others too is refused.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/asvs/tokens.test.ts')('a token of the same issuer and key for another audience is refused'),
        testsOf('packages/auth/test/jwks.test.ts')(
          'of our own tokens none is taken that is for two audiences, or whose header says more [AU-05]',
        ),
      ],
    },
    {
      id: '9.2.4',
      level: 2,
      asks: 'Issuers say for whom each token is.',
      how: 'Every token names issuer and audience, and claims of the author cannot replace them.',
      by: 'default',
      tests: [
        tokens('a token names its issuer, audience, subject, times and id, and is of the type at+jwt [AU-05]'),
        tokens('claims of yours cannot replace those of the framework'),
      ],
    },
  ],
};
