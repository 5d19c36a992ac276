import { testsOf, type Chapter } from '../requirement.ts';

const remote = testsOf('packages/auth/test/remote-tokens.test.ts');
const guards = testsOf('packages/auth/test/token-guards.test.ts');
const oidc = testsOf('packages/auth/test/oidc-sign-in.test.ts');
const hostile = testsOf('packages/auth/test/oidc-hostile.test.ts');
const kept = testsOf('packages/auth/test/oidc-tokens.test.ts');
const linking = testsOf('packages/auth/test/oidc-addresses.test.ts');
const logout = testsOf('packages/auth/test/oidc-logout.test.ts');

export const V10: Chapter = {
  number: 10,
  title: 'OAuth and OpenID Connect',
  requirements: [
    {
      id: '10.1.1',
      level: 2,
      asks: 'Tokens of the provider stay where they are needed.',
      how: 'They are thrown away, or kept encrypted on the server where they are wanted; no answer shows one.',
      by: 'default',
      tests: [kept('tokens are thrown away unless they are wanted; then they are encrypted, refreshed, and never shown [AU-08]')],
    },
    {
      id: '10.1.2',
      level: 2,
      asks: 'An answer of the provider counts only in the browser that has asked.',
      how: 'State, nonce and verifier are bound to the browser by a cookie of this host, and are taken once.',
      by: 'default',
      tests: [
        hostile('a code is worth nothing in another browser, and the browser it was meant for can still use it [AU-08]'),
        hostile('a state that is missing, unknown, used or too old is refused before anything is sent to the provider [AU-08]'),
        oidc('the cookie that binds a sign-in to its browser is Secure, HttpOnly, SameSite=Lax, and ends after ten minutes [AU-08]'),
      ],
    },
    {
      id: '10.2.1',
      level: 2,
      asks: 'The code flow is protected against requests of other sites.',
      how: 'PKCE with S256 always, besides the state.',
      by: 'default',
      tests: [hostile('the verifier of PKCE is sent, and a code that was begun with another one is refused [AU-08]')],
    },
    {
      id: '10.2.2',
      level: 2,
      asks: 'Answers of several providers are not mixed up.',
      how: 'Each provider has a callback of its own, and the `iss` of the answer is compared.',
      by: 'default',
      tests: [
        hostile('an answer of one provider is refused at the callback of another, and so is one that names another issuer [AU-08]'),
        hostile('a provider that promises to name itself in its answers must do so [AU-08]'),
      ],
    },
    {
      id: '10.3.1',
      level: 2,
      asks: 'A service takes tokens that are for it.',
      how: '`remoteTokens` demands issuer and audience, and refuses further audiences that were not listed.',
      by: 'default',
      tests: [
        remote('every claim is demanded, and of the right kind [AU-05]'),
        remote('what issuers do differently can be said: the type, other audiences [AU-05]'),
      ],
    },
    {
      id: '10.3.2',
      level: 2,
      asks: 'What a token may do is decided by what it says.',
      how: '`scopes()` demands each by name; none covers another.',
      by: 'one line',
      tests: [
        guards('scopes are read from the claim of a token and from a key [AU-05]'),
        guards('a key without one of the scopes is 403, which names them; no scope covers another [AU-03]'),
      ],
    },
    {
      id: '10.3.3',
      level: 2,
      asks: 'Users are known by claims that are not given to another.',
      how: 'By issuer and subject.',
      by: 'default',
      tests: [remote('the guard gives the token and, where it is told how, the user of this issuer and subject [AU-05]')],
    },
    {
      id: '10.3.4',
      level: 2,
      asks: 'Strength and age of the sign-in are demanded where they matter.',
      how: '`authLevel` demands `acr` and `auth_time`.',
      by: 'one line',
      tests: [guards('a token must tell of a sign-in that was strong enough, or recent enough [AU-05]')],
    },
    {
      id: '10.5.1',
      level: 2,
      asks: 'ID tokens cannot be replayed.',
      how: 'The nonce is demanded and compared, and goes with the state.',
      by: 'default',
      tests: [hostile('an ID token with a claim that is wrong or missing signs nobody in [AU-08]')],
    },
    {
      id: '10.5.2',
      level: 2,
      asks: 'Users are known by the subject, not by what may change.',
      how: 'By issuer and subject, never by the address; an account with the address is signed in to before it is linked.',
      by: 'default',
      tests: [
        oidc('two providers at once keep their users apart, though they call them the same [AU-08]'),
        linking('an account with the address must be signed in to before it is linked [AU-08]'),
        linking('an address that the provider has not verified makes no account and tells of none [AU-08]'),
      ],
    },
    {
      id: '10.5.3',
      level: 2,
      asks: 'Metadata of another issuer are refused.',
      how: 'The issuer of the metadata is compared, letter by letter.',
      by: 'default',
      tests: [hostile('metadata of another issuer, of another spelling, or that are none, are not used [AU-08]')],
    },
    {
      id: '10.5.4',
      level: 2,
      asks: 'An ID token is for this client.',
      how: 'The audience is the client id and nobody else.',
      by: 'default',
      tests: [hostile('an ID token with a claim that is wrong or missing signs nobody in [AU-08]')],
    },
    {
      id: '10.5.5',
      level: 2,
      asks: 'Messages of a provider that a user has signed out are checked.',
      how: 'Type, audience, age, event and id are checked, and a message is taken once.',
      by: 'one line',
      tests: [
        logout('a logout token that is no good one ends nothing [AU-08]'),
        logout('a logout token is taken once: sent again it does not end the next session [AU-08]'),
      ],
    },
  ],
};
