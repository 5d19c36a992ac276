import { testsOf, type Chapter } from '../requirement.ts';

const fetch = testsOf('packages/http/test/fetch.test.ts');
const key = testsOf('packages/core/src/key/app-key.test.ts');
const documents = testsOf('packages/openapi/test/docs-routes.test.ts');
const notServed = '(send/serve-static CVE-2024-43799, @fastify/static CVE-2026-6414, Hono serveStatic GHSA-q5qw-h33p-qvwr)';
const files = testsOf('packages/http/test/static-files.test.ts');

export const V13: Chapter = {
  number: 13,
  title: 'Configuration',
  requirements: [
    {
      id: '13.1.1',
      level: 2,
      asks: 'What the application talks to is documented.',
      how: 'Other services are declared with `defineClient`, databases and mail servers as modules, so that they stand in one place of the source; `plinth security inventory` lists them with their hosts.',
      by: 'one line',
      tests: [
        testsOf('packages/cli/test/security-inventory.test.ts')(
          'keys by id, algorithms, lifetimes, connections and open routes are listed, and no secret is (ASVS 11.1.2, 13.1.1)',
        ),
      ],
    },
    {
      id: '13.2.1',
      level: 2,
      asks: 'Services know each other by accounts or tokens of their own, not by fixed passwords.',
      how: 'Access tokens of an issuer are checked by `remoteTokens`; API keys expire, have scopes, and are stored as hashes.',
      by: 'one line',
      tests: [
        testsOf('packages/auth/test/remote-tokens.test.ts')(
          'a token of another issuer is verified with the keys that its metadata lead to [AU-05]',
        ),
        testsOf('packages/auth/test/jwks.test.ts')('another Plinth service verifies our tokens from what we publish [AU-05]'),
        testsOf('packages/auth/test/api-keys.test.ts')('a key expires, and says so; one without a lifetime does not [AU-03]'),
      ],
    },
    {
      id: '13.2.3',
      level: 2,
      asks: 'There are no default credentials.',
      how: 'Production refuses an application key that is missing, short, known or guessable; nothing else has a default secret.',
      by: 'default',
      tests: [
        testsOf('packages/core/test/app-key.test.ts')('a short key and a known one are refused in production, and not printed'),
        key('in production a missing key is refused, with the cure'),
        key('a key made of the hash of "secret" is refused in production'),
      ],
    },
    {
      id: '13.2.4',
      level: 2,
      asks: 'The application calls listed hosts only.',
      how: 'A list of hosts and ports for `FETCH`; a declared client stays below its base.',
      by: 'one line',
      tests: [
        fetch('only the listed hosts and ports are called'),
        fetch('a declared client stays below its base and sends its headers, the trace, and the id only if asked'),
      ],
    },
    {
      id: '13.2.5',
      level: 2,
      asks: 'The server’s own list limits what it loads and calls.',
      how: 'The same list; without it, private and metadata addresses are refused all the same.',
      by: 'one line',
      tests: [fetch('only the listed hosts and ports are called'), fetch('metadata addresses stay refused in an allowed range')],
    },
    {
      id: '13.3.1',
      level: 2,
      asks: 'Secrets are managed outside of the source.',
      how: 'Secrets come from variables or from files that a vault mounts (`NAME_FILE`), and nothing prints them. An adapter for a vault of your choice is yours.',
      by: 'one line',
      tests: [
        testsOf('packages/core/test/configuration.test.ts')(
          'a secret read from a file reaches its consumer, and no description of the application shows it [CFG-06] [CFG-02]',
        ),
        testsOf('packages/core/src/config/secret.test.ts')('however it is printed, a secret shows nothing [CFG-02]'),
      ],
    },
    {
      id: '13.4.1',
      level: 1,
      asks: 'Metadata of version control are not served.',
      how: 'Files and folders that begin with a dot are never served.',
      by: 'default',
      tests: [files(`.git/config is not served ${notServed}`)],
    },
    {
      id: '13.4.2',
      level: 2,
      asks: 'Production shows nothing of development.',
      how: 'No page with code, no stack, no cure.',
      by: 'default',
      tests: [testsOf('packages/http/test/development.test.ts')('in production there is no page, whatever is installed and asked for')],
    },
    {
      id: '13.4.3',
      level: 2,
      asks: 'Folders are not listed.',
      how: 'There are no listings.',
      by: 'default',
      tests: [files('no redirect repeats what was asked for, and no listing is given (serve-static CVE-2015-1164, CVE-2024-43800)')],
    },
    {
      id: '13.4.4',
      level: 2,
      asks: 'TRACE is not answered.',
      how: 'Methods that are not declared are refused; TRACE cannot be declared.',
      by: 'default',
      tests: [testsOf('packages/http/test/hostile-requests.test.ts')('a hostile request > TRACE [PL-03]')],
    },
    {
      id: '13.4.5',
      level: 2,
      asks: 'Documentation and monitoring are not open unless that is meant.',
      how: 'In production the documentation is absent without a guard; metrics stay closed until it is said who may read them, or stand on a port of their own.',
      by: 'default',
      tests: [
        documents('in production neither exists unless it is open or guarded'),
        testsOf('packages/http/test/metrics.test.ts')('metrics are closed until somebody says who may read them'),
        testsOf('packages/http/test/admin.test.ts')(
          'the admin listener serves metrics, health with its details and routes, and the port of the application does not',
        ),
      ],
    },
  ],
};
