import { testsOf, type Chapter } from '../requirement.ts';

const refusals = testsOf('packages/http/test/asvs/refusals.test.ts');
const lifecycle = testsOf('packages/http/test/lifecycle.test.ts');

export const V15: Chapter = {
  number: 15,
  title: 'Secure coding and architecture',
  requirements: [
    {
      id: '15.1.2',
      level: 2,
      asks: 'There is a list of all libraries (SBOM).',
      how: '`npm sbom` and `pnpm sbom` make one of an application; Plinth has no command for it.',
      by: 'one line',
      later: 'sbom',
    },
    {
      id: '15.2.1',
      level: 1,
      asks: 'Libraries with known holes are replaced in time.',
      how: '`npm audit` in your CI; projects made by `npm create @plinth` do not have that step yet.',
      by: 'one line',
      later: 'audit',
    },
    {
      id: '15.2.2',
      level: 2,
      asks: 'Expensive requests cannot exhaust the service.',
      how: 'A handler has 30 seconds; what is over the limit of requests in flight, or waits too long, is refused at once.',
      by: 'default',
      tests: [
        lifecycle('the server > gives a handler its deadline: 503 and an aborted signal [PL-10]'),
        lifecycle('the server > sheds what is above its limit of requests in flight, but for its health'),
      ],
    },
    {
      id: '15.2.3',
      level: 2,
      asks: 'Production has nothing in it that is for development or tests.',
      how: 'Pages for developers and mail that is written to the log are refused in production.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/development.test.ts')('in production there is no page, whatever is installed and asked for'),
        testsOf('packages/mail/test/mailer.test.ts')('the module > production refuses to write mails to the log or into memory'),
      ],
    },
    {
      id: '15.3.1',
      level: 1,
      asks: 'Only the fields that are needed are sent.',
      how: 'What the contract does not name is not written.',
      by: 'default',
      tests: [
        refusals('a field that the contract does not name never leaves'),
        testsOf('packages/validation/test/serializer.test.ts')(
          'what leaves > only declared properties are written, in declared order, at every depth [VAL-08]',
        ),
      ],
    },
    {
      id: '15.3.2',
      level: 2,
      asks: 'Calls of the server follow no redirects unless that is meant.',
      how: 'They are not followed; opted in, each is checked.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/fetch.test.ts')(
          'redirects are not followed; opted in, each is checked and secrets stay with their origin',
        ),
      ],
    },
    {
      id: '15.3.3',
      level: 2,
      asks: 'Requests cannot set fields that were not meant to be set (mass assignment).',
      how: 'A field that the schema does not name is refused.',
      by: 'default',
      tests: [refusals('a field that the schema does not name is refused, and never reaches the handler')],
    },
    {
      id: '15.3.4',
      level: 2,
      asks: 'The address of the client is the real one.',
      how: 'That of the connection; behind named proxies the one that the outermost of them saw.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/trusted-proxies.test.ts')(
          'forwarded headers > of one trusted hop give address, protocol and host; what the client wrote before is not believed (better-auth CVE-2026-45364) [IO-07]',
        ),
        testsOf('packages/http/test/trusted-proxies.test.ts')(
          'forwarded headers > are walked from the right as far as the networks are trusted [IO-07]',
        ),
      ],
    },
    {
      id: '15.3.5',
      level: 2,
      asks: 'Types are strict, and nothing is converted silently.',
      how: 'In JSON nothing is converted; in queries and forms, which have texts only, by the schema.',
      by: 'default',
      tests: [
        testsOf('packages/validation/test/coercion.test.ts')(
          'texts turned into declared types > nothing is converted unless coerce is asked for',
        ),
        testsOf('packages/http/test/refusals.test.ts')(
          'a refusal > of a JSON text where a number belongs still says what it got: JSON has numbers',
        ),
      ],
    },
    {
      id: '15.3.6',
      level: 2,
      asks: 'Prototypes cannot be polluted.',
      how: 'Keys that reach a prototype are refused; queries, cookies and forms are objects without one.',
      by: 'default',
      tests: [
        testsOf('packages/validation/test/unknown-properties.test.ts')('keys that reach a prototype > *'),
        testsOf('packages/http/src/request/parsers.test.ts')('the parsers of a request > what a query names cannot reach a prototype'),
        testsOf('packages/http/test/body-formats.test.ts')('other parsers > a form cannot name __proto__ or constructor either [VAL-05]'),
      ],
    },
    {
      id: '15.3.7',
      level: 2,
      asks: 'A value that is sent twice, or in two places, is not read in two ways.',
      how: 'Each part of the contract has one source; what may stand once and stands twice is refused.',
      by: 'default',
      tests: [
        testsOf('packages/http/src/request/parse-json.test.ts')('strict JSON > {"a":1,"a":2}: HTTP_JSON_DUPLICATE_KEY [VAL-05]'),
        testsOf('packages/http/test/uploads-hostile.test.ts')('a multipart form is refused [IO-05] > with a scalar twice: neither wins'),
        testsOf('packages/auth/test/guards.test.ts')('of several session cookies none is taken, and the browser is told to forget them'),
        testsOf('packages/http/test/asvs/parameters.test.ts')('a parameter of a query that stands twice where one is declared is refused'),
      ],
    },
  ],
};
