import { testsOf, type Chapter } from '../requirement.ts';

const sessions = testsOf('packages/auth/test/sessions.test.ts');
const guards = testsOf('packages/auth/test/guards.test.ts');
const stepUp = testsOf('packages/auth/test/step-up.test.ts');
const oidc = testsOf('packages/auth/test/oidc-sign-in.test.ts');
const oidcHostile = testsOf('packages/auth/test/oidc-hostile.test.ts');
const oidcReturn = testsOf('packages/auth/test/oidc-return.test.ts');
const logout = testsOf('packages/auth/test/oidc-logout.test.ts');

export const V7: Chapter = {
  number: 7,
  title: 'Session management',
  requirements: [
    {
      id: '7.2.1',
      level: 1,
      asks: 'Tokens of sessions are checked by the server.',
      how: 'Every request asks the store; a token that the server did not make opens nothing.',
      by: 'default',
      tests: [sessions('a token that the server did not make opens nothing and becomes nothing [AU-02]')],
    },
    {
      id: '7.2.2',
      level: 1,
      asks: 'Tokens are made for the session, not fixed keys.',
      how: 'A token is made at each sign-in and replaced at each change of rights.',
      by: 'default',
      tests: [testsOf('packages/auth/test/asvs/session-cookie.test.ts')('two sign-ins of one user have nothing in common')],
    },
    {
      id: '7.2.3',
      level: 1,
      asks: 'Tokens have at least 128 bits of randomness.',
      how: '264 bits that are new each time, of which only the hash is stored.',
      by: 'default',
      tests: [sessions('the token of a session has 256 random bits, and only its hash is stored [AU-01]')],
    },
    {
      id: '7.2.4',
      level: 1,
      asks: 'Signing in, and signing in again, gives a new token and ends the one before.',
      how: 'The session that the request came with ends, and a confirmed one gets another token.',
      by: 'default',
      tests: [
        sessions('signing in ends the session that the request came with: the id after it is always a new one [AU-02]'),
        guards('the session before a sign-in is not the session after it [AU-02]'),
      ],
    },
    {
      id: '7.3.1',
      level: 2,
      asks: 'Sessions that are not used end.',
      how: 'After 30 minutes; remembered ones after 14 days.',
      by: 'default',
      tests: [sessions('a session ends when it was not used for 30 minutes [AU-01]')],
    },
    {
      id: '7.3.2',
      level: 2,
      asks: 'Sessions end after some time, however much they are used.',
      how: 'After 12 hours; remembered ones after 30 days.',
      by: 'default',
      tests: [sessions('a session ends after 12 hours, however much it is used [AU-01]')],
    },
    {
      id: '7.4.1',
      level: 1,
      asks: 'A session that was ended cannot be used any more.',
      how: 'The record is gone, and the token opens nothing. Access tokens live for ten minutes and can name their session.',
      by: 'default',
      tests: [
        sessions('an ended session stays ended [AU-01]'),
        guards('signing out ends the session, takes the cookie away and clears the site'),
      ],
    },
    {
      id: '7.4.2',
      level: 1,
      asks: 'The sessions of an account end with the account.',
      how: 'Every request asks for the user; one who is gone or locked is signed out.',
      by: 'default',
      tests: [
        guards('the session of a user who is gone ends'),
        testsOf('packages/auth/test/account-admin.test.ts')(
          'a closed account signs nobody in, its sessions and links end at once, and it can be opened again',
        ),
      ],
    },
    {
      id: '7.4.3',
      level: 2,
      asks: 'After a change of a factor the other sessions can be ended.',
      how: '`endOthers` ends them and gives this one a new token; the routes of Plinth call it.',
      by: 'default',
      tests: [stepUp('a change of password or factor ends every other session and rotates this one [AU-02]')],
    },
    {
      id: '7.4.5',
      level: 2,
      asks: 'Administrators can end sessions of a user, or all.',
      how: '`Sessions.revoke` and `revokeAll` for the route of an administrator.',
      by: 'one line',
      tests: [sessions('sessions can be listed, ended one by one by their id, and all at once [AU-20]')],
    },
    {
      id: '7.5.1',
      level: 2,
      asks: 'Changing what an account is found or recovered by takes a fresh proof.',
      how: '`stepUp` asks for a proof that is not older than ten minutes; the routes of Plinth that change such things have it.',
      by: 'default',
      tests: [
        stepUp('a sensitive route asks again for a proof that is older than ten minutes [AU-10]'),
        testsOf('packages/auth/test/account-addresses.test.ts')('a new address needs a recent proof, and its link is good for a day'),
      ],
    },
    {
      id: '7.5.2',
      level: 2,
      asks: 'Users see their sessions and can end them.',
      how: '`sessionRoutes`, over `Sessions.list` and `revoke`; nobody ends those of somebody else.',
      by: 'default',
      tests: [
        sessions('sessions can be listed, ended one by one by their id, and all at once [AU-20]'),
        stepUp('the list of devices says where each session was started'),
        testsOf('packages/auth/test/session-routes.test.ts')('the session of another user is unknown here, and goes on [AU-02]'),
      ],
    },
    {
      id: '7.6.1',
      level: 2,
      asks: 'Sessions here and at the provider end as agreed.',
      how: '`maxAge` makes the provider ask anew; its word that a user has signed out ends the sessions that began there.',
      by: 'one line',
      tests: [
        oidc('max_age and acr are asked for and insisted on [AU-08]'),
        logout('a logout token with a session ends that session, one with a user all sessions of the user, and of nobody else [AU-08]'),
      ],
    },
    {
      id: '7.6.2',
      level: 2,
      asks: 'A session begins only by an act of the user.',
      how: 'A sign-in through a provider begins with a POST of this site, and its answer counts in that browser only.',
      by: 'default',
      tests: [
        oidcReturn('another site cannot begin a sign-in in the browser of somebody, nor link to their account [AU-08]'),
        oidcHostile('a state that is missing, unknown, used or too old is refused before anything is sent to the provider [AU-08]'),
      ],
    },
  ],
};
