import { testsOf, type Chapter } from '../requirement.ts';

const log = testsOf('packages/core/src/logging/create-logs.test.ts');
const redaction = testsOf('packages/core/src/logging/redact-value.test.ts');
const security = testsOf('packages/auth/test/security-log.test.ts');
const logged = testsOf('packages/http/test/asvs/refusals-are-logged.test.ts');
const refusals = testsOf('packages/http/test/asvs/refusals.test.ts');
const fetch = testsOf('packages/http/test/fetch.test.ts');

export const V16: Chapter = {
  number: 16,
  title: 'Security logging and error handling',
  requirements: [
    {
      id: '16.1.1',
      level: 2,
      asks: 'What is logged, where and how long is documented.',
      how: '`SECURITY_EVENT_TYPES` is the catalogue of the framework’s events, and holds all that it notes. Where logs go and how long they are kept is the operator’s.',
      by: 'one line',
      tests: [security('the catalogue has every event that the framework notes')],
    },
    {
      id: '16.2.1',
      level: 2,
      asks: 'A record says when, where, who and what.',
      how: 'Records have time, type, outcome, actor, subject, client and request; every line of a request has its id.',
      by: 'default',
      tests: [
        security('a record says what, when, who, whom, from where, and its hash seals it with all before it [AU-21]'),
        log('each line of a request carries its id and trace, also after await, in timers and in children [LOG-02]'),
      ],
    },
    {
      id: '16.2.2',
      level: 2,
      asks: 'Times are synchronous and in UTC.',
      how: 'UTC, ISO 8601, to the millisecond. The clock is the operator’s.',
      by: 'default',
      tests: [log('in production a line is JSON with level, UTC time and text [LOG-01]')],
    },
    {
      id: '16.2.4',
      level: 2,
      asks: 'Programs can read the log.',
      how: 'A line is one JSON object with members of fixed names.',
      by: 'default',
      tests: [
        log('in production a line is JSON with level, UTC time and text [LOG-01]'),
        log('levels apply by module, inherit along dots, and change at run time [LOG-03]'),
      ],
    },
    {
      id: '16.2.5',
      level: 2,
      asks: 'Secrets are not logged.',
      how: 'Values under names of secrets are hidden at any depth, in errors, URLs and texts as well.',
      by: 'default',
      tests: [
        redaction('values under "password" are hidden [LOG-04]'),
        redaction('values under "authorization" are hidden [LOG-04]'),
        redaction('secrets are hidden at any depth, in arrays, maps and sets, and the original is untouched [LOG-04]'),
        log('secrets are hidden in fields, children, texts and lines of pino [LOG-04]'),
      ],
    },
    {
      id: '16.3.1',
      level: 2,
      asks: 'Sign-ins are logged, successes and failures.',
      how: 'Passwords, second factors and completed sign-ins are events, without names of unknown accounts.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/throttle.test.ts')('attempts are noted, refusals once a minute, and no name is in the store'),
        testsOf('packages/auth/test/second-factor.test.ts')('what happens to a second factor is told, and no code or secret with it'),
      ],
    },
    {
      id: '16.3.2',
      level: 2,
      asks: 'Refused permissions are logged.',
      how: '`access.denied` with the route and what was needed.',
      by: 'default',
      tests: [security('what the framework notes is recorded without being asked, with the request and its actor [AU-21]')],
    },
    {
      id: '16.3.3',
      level: 2,
      asks: 'Attempts to get around a check are logged.',
      how: 'Refused inputs, requests of other sites and limits are lines with the code of the refusal; throttled sign-ins and reused tokens are security events.',
      by: 'default',
      tests: [
        logged('a request that another site has made is in the log with its code and where it came from'),
        logged('an input that breaks its schema is in the log with its code, and without the input'),
        logged('a request beyond its limit is in the log with its code'),
      ],
    },
    {
      id: '16.3.4',
      level: 2,
      asks: 'Unexpected errors and failures of checks are logged.',
      how: 'Every 500 is one line with its cause; failed handshakes of TLS are lines as well.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/errors.test.ts')(
          'an error > thrown as an Error is a 500 that says nothing, logged once with its cause [ERR-02] [ERR-04]',
        ),
        testsOf('packages/http/test/tls.test.ts')(
          'a server with certificate and key > answers inject, drains, and outlives plain http and rubbish on its port [IO-08]',
        ),
      ],
    },
    {
      id: '16.4.1',
      level: 2,
      asks: 'What is logged cannot forge lines.',
      how: 'Control characters are encoded, and input cannot replace level, time or text.',
      by: 'default',
      tests: [
        log('input that is logged cannot forge level, time or text of a line'),
        log('logged input cannot move the cursor or fake a line'),
      ],
    },
    {
      id: '16.4.2',
      level: 2,
      asks: 'Logs are protected from reading and change.',
      how: 'The security log is a chain whose key is outside of the database: whatever is altered, removed or put in is found.',
      by: 'one line',
      tests: [security('verify finds > *')],
    },
    {
      id: '16.4.3',
      level: 2,
      asks: 'Logs are sent to a system of their own.',
      how: 'Lines go to standard output, or to a destination or logger that is passed to `createApp`; the end of the security log’s chain is among them, so that it is kept elsewhere. Plinth has no transport of its own.',
      by: 'one line',
      owner: 'operator',
    },
    {
      id: '16.5.1',
      level: 2,
      asks: 'Unexpected errors show a generic message.',
      how: 'A sentence and the id of the request.',
      by: 'default',
      tests: [refusals('an error that nobody expected tells the client its id and nothing else')],
    },
    {
      id: '16.5.2',
      level: 2,
      asks: 'The application goes on where another service fails.',
      how: 'Deadlines, retries within a budget, a circuit breaker and a limit of calls for each host.',
      by: 'one line',
      tests: [
        fetch('after failures in a row a host is left alone, until one request finds it well'),
        fetch('a service that is down gets its budget of further tries and no more'),
        fetch('the time is that of head and body together, and never more than the caller has left'),
      ],
    },
    {
      id: '16.5.3',
      level: 2,
      asks: 'What fails, fails closed.',
      how: 'A guard, a store or a check that breaks lets nobody in.',
      by: 'default',
      tests: [
        refusals('a guard that breaks lets nobody in'),
        testsOf('packages/auth/test/guards.test.ts')('a store that fails lets nobody in'),
        testsOf('packages/auth/test/throttle.test.ts')('a store that is down lets nobody guess'),
        testsOf('packages/http/test/idempotency.test.ts')('a store that is down fails closed: the handler does not run'),
      ],
    },
  ],
};
