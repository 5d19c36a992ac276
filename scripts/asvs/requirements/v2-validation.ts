import { testsOf, type Chapter } from '../requirement.ts';

const document = testsOf('packages/openapi/test/document.test.ts');
const line = testsOf('packages/http/test/request-line.test.ts');
const limits = testsOf('packages/http/test/rate-limit.test.ts');
const transactions = testsOf('packages/data/test/transactions.test.ts');

export const V2: Chapter = {
  number: 2,
  title: 'Validation and business logic',
  requirements: [
    {
      id: '2.1.1',
      level: 1,
      asks: 'The rules for input are documented.',
      how: 'The OpenAPI document is made from the schemas that check the input, so it cannot say anything else.',
      by: 'default',
      tests: [
        document('the document > lists path, query, header and cookie parameters with their schemas'),
        document('the document > gives each body format and each reply its media type'),
        testsOf('packages/openapi/test/contract-fuzz.test.ts')(
          'no answer to a thousand odd requests is one that the document does not describe [OA-02]',
        ),
      ],
    },
    {
      id: '2.2.1',
      level: 1,
      asks: 'Input is checked against what is expected.',
      how: 'Path, query, headers, cookies and body are checked by their schemas, and every issue is told at once.',
      by: 'default',
      tests: [
        line('the request line > every issue of every part is reported at once, with its place and pointer [VAL-01]'),
        testsOf('packages/http/test/controllers.test.ts')('a params schema coerces and checks'),
      ],
    },
    {
      id: '2.2.2',
      level: 1,
      asks: 'Input is checked on the server.',
      how: 'The checks stand before the handler, which cannot be reached without them.',
      by: 'default',
      tests: [line('the request line > stations run in order: outer arounds, guards, checks, inner arounds, handler [PL-01]')],
    },
    {
      id: '2.2.3',
      level: 2,
      asks: 'Values that belong together are checked together.',
      how: 'Rules across fields stand in the schema, of any library that speaks Standard Schema.',
      by: 'one line',
      tests: [
        testsOf('packages/http/test/standard-schema.test.ts')(
          'a zod schema checks the body, with asynchronous and cross-field rules, and types the handler [VAL-02] [VAL-06]',
        ),
      ],
    },
    {
      id: '2.3.1',
      level: 1,
      asks: 'The steps of a business flow are taken in their order.',
      how: 'The flows that Plinth has (second factor, links by mail, re-authentication) keep their order on the server. For yours there are sessions, one-time tokens and transactions, but no helper for flows.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '2.3.2',
      level: 2,
      asks: 'Limits of the business hold for a user and for all.',
      how: 'A route counts by user, by anything that it knows of the request, and over all, several at once.',
      by: 'one line',
      tests: [limits('what routes declare > by a function of the request, several at once: a user and everybody together [ASVS 2.3.2]')],
    },
    {
      id: '2.3.3',
      level: 2,
      asks: 'What belongs together happens as a whole or not at all.',
      how: 'A transaction rolls back when its function throws, and when the client of a request has gone.',
      by: 'one line',
      tests: [
        transactions('transactions on SQLite > a throw rolls everything back [DA-02]'),
        transactions('transactions on PostgreSQL > a throw rolls everything back [DA-02]'),
        transactions('transactions on MariaDB > a throw rolls everything back [DA-02]'),
      ],
    },
    {
      id: '2.3.4',
      level: 2,
      asks: 'What exists once cannot be taken twice.',
      how: 'Versions, row locks and idempotency keys: one line each.',
      by: 'one line',
      tests: [
        testsOf('packages/data/test/hostile/sameness.test.ts')(
          'the same on every database on SQLite > of 40 updates of one version exactly one wins',
        ),
        testsOf('packages/http/test/idempotency.test.ts')('20 at the same time: one runs, the others wait for its reply'),
      ],
    },
    {
      id: '2.4.1',
      level: 2,
      asks: 'Automated calls in great number are held back.',
      how: 'A client may send 600 requests a minute, 100 at once; routes say more or less.',
      by: 'default',
      tests: [
        limits('by default > a client may send 100 requests at once, of 600 a minute; then it is told when to come back'),
        limits('by default > a forwarded address is not believed: nobody gets a new bucket by a header'),
      ],
    },
  ],
};
