import { testsOf, type Chapter } from '../requirement.ts';

const scope = testsOf('packages/auth/test/access-scope.test.ts');
const guards = testsOf('packages/auth/test/guards.test.ts');

export const V8: Chapter = {
  number: 8,
  title: 'Authorization',
  requirements: [
    {
      id: '8.2.1',
      level: 1,
      asks: 'Functions are open to those only who have the permission.',
      how: 'A route without a guard stops the start unless it says `open`; roles, permissions and scopes are one guard each.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/asvs/refusals.test.ts')(
          'an application with a route that has neither a guard nor `open` does not start',
        ),
        guards('a role refuses who lacks it with 403, and who is nobody with 401 [AU-15]'),
      ],
    },
    {
      id: '8.2.2',
      level: 1,
      asks: 'Objects are open to those only who have the permission for each.',
      how: 'A policy is written once and filters lists, single rows and writes; what may not be seen is not there.',
      by: 'one line',
      tests: [
        scope('policies as query filters on SQLite > what may not be seen is not there: 404, as if it never was'),
        scope('policies as query filters on SQLite > a change must be allowed as the row becomes, too: nobody gives a row away'),
      ],
    },
    {
      id: '8.2.3',
      level: 2,
      asks: 'Fields are open to those only who have the permission for each.',
      how: 'A policy names the fields that may be read and written; contracts name those that may come and go at all.',
      by: 'one line',
      tests: [
        testsOf('packages/auth/test/policies.test.ts')(
          'fields: only those that may be read are given, only those that may be written are taken',
        ),
      ],
    },
    {
      id: '8.3.1',
      level: 1,
      asks: 'Permissions are checked on the server, where the client has no hand in it.',
      how: 'Guards hang on the matched route; no spelling of a path leads around one.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/advisories/paths.test.ts')(
          'a guard belongs to its route, so that no spelling of the path leads around it > *',
        ),
      ],
    },
    {
      id: '8.4.1',
      level: 2,
      asks: 'Tenants cannot reach each other’s data.',
      how: 'A policy whose condition is the tenant is put to every query of a scoped repository. Plinth does not look whether a query goes around it.',
      by: 'one line',
      tests: [
        scope('policies as query filters on SQLite > lists, pages and counts show only what may be seen [AU-15]'),
        scope('policies as query filters on SQLite > writes of many rows touch only those that are allowed'),
      ],
    },
  ],
};
