import { testsOf, type Chapter } from '../requirement.ts';

const parsers = testsOf('packages/http/src/request/parsers.test.ts');
const paths = testsOf('packages/http/test/advisories/paths.test.ts');
const html = testsOf('packages/http/test/html.test.ts');
const replies = testsOf('packages/http/test/replies.test.ts');
const redirects = testsOf('packages/http/test/redirects.test.ts');
const sse = testsOf('packages/http/test/server-sent-events.test.ts');
const uploads = testsOf('packages/http/test/uploads.test.ts');
const fetch = testsOf('packages/http/test/fetch.test.ts');
const sources = testsOf('scripts/asvs/source-rules.test.ts');
const sqlText = testsOf('packages/data/test/hostile/sql-text.test.ts');
const sqlAdvisories = testsOf('packages/data/test/hostile/advisories.test.ts');
const hostileValues = testsOf('packages/validation/test/hostile-values.test.ts');

export const V1: Chapter = {
  number: 1,
  title: 'Encoding and sanitization',
  requirements: [
    {
      id: '1.1.1',
      level: 2,
      asks: 'Input is decoded once, before it is judged.',
      how: 'Paths, queries, cookies and bodies are decoded once, and guards, limits and checks see that form only; what could be decoded again is refused.',
      by: 'default',
      tests: [
        parsers('the parsers of a request > an accepted path holds nothing that could be read twice'),
        paths(
          'a guard belongs to its route, so that no spelling of the path leads around it > an arounds’ own match of the path sees it decoded once: h3 CVE-2026-33131',
        ),
      ],
    },
    {
      id: '1.1.2',
      level: 2,
      asks: 'Output is encoded where it is written, for the place where it is read.',
      how: 'The writers of markup, of events and of SQL encode or bind; values stay as they are until then.',
      by: 'default',
      tests: [
        html('a value > is escaped in text and in quoted attributes'),
        sse(
          'no line break gets into a field: names, ids and data cannot make events of their own (NestJS CVE-2026-35515, Hono CVE-2026-29085, h3 CVE-2026-33128)',
        ),
        sqlText('texts that look like SQL on SQLite > a value comes back as it went in, and finds its own row only, in every position'),
      ],
    },
    {
      id: '1.2.1',
      level: 1,
      asks: 'What is put into HTML, headers and other documents is encoded for its place.',
      how: 'The tag `html` escapes by place and refuses places where nothing helps; a header that holds a line break fails in the handler.',
      by: 'default',
      tests: [
        html('a value > is escaped in text and in quoted attributes'),
        html('a place where no escaping is safe is refused (HTTP_HTML)'),
        replies('a reply > with a header that holds a line break fails in the handler, and nothing of it is sent'),
      ],
    },
    {
      id: '1.2.2',
      level: 1,
      asks: 'URLs are built with encoded parts, and only with harmless protocols.',
      how: '`url()` encodes every part; markup and redirects take http and https only.',
      by: 'one line',
      tests: [
        redirects('url() encodes every part'),
        html('a value > cannot choose the protocol of a link'),
        redirects(
          'redirect("javascript:alert(1)") is refused (Express CVE-2024-29041, CVE-2024-43796, Koa CVE-2025-8129, better-auth CVE-2024-56734)',
        ),
      ],
    },
    {
      id: '1.2.3',
      level: 1,
      asks: 'Data that is put into scripts or JSON cannot become code.',
      how: 'JSON is sent as JSON under a policy that runs nothing; `html.json` writes data that cannot end its script.',
      by: 'default',
      tests: [
        html('a value > in a script is JSON that cannot end it'),
        testsOf('packages/http/test/security-headers.test.ts')(
          'of a document > are not those of other answers, errors included: nothing in them may run at all [AU-18]',
        ),
      ],
    },
    {
      id: '1.2.4',
      level: 1,
      asks: 'Queries of databases are parameterized.',
      how: 'Every value is bound; names of tables and columns come from declarations and are quoted; SQL of one’s own is a tagged template.',
      by: 'default',
      tests: [
        sqlText('texts that look like SQL on SQLite > a value comes back as it went in, and finds its own row only, in every position'),
        sqlText('texts that look like SQL on PostgreSQL > a value comes back as it went in, and finds its own row only, in every position'),
        sqlText('texts that look like SQL on MariaDB > a value comes back as it went in, and finds its own row only, in every position'),
        sqlText('names of tables and columns that are no names > *'),
        sqlAdvisories('advisories of SQL libraries on SQLite > *'),
      ],
    },
    {
      id: '1.2.9',
      level: 2,
      asks: 'Signs of regular expressions are escaped where input gets into one.',
      how: 'Plinth makes no regular expression of what a request says, and schemas cannot take patterns from data. For yours, Node 24 has `RegExp.escape`.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '1.3.1',
      level: 1,
      asks: 'Markup that users write is cleaned by a sanitizer.',
      how: 'Markup of users is text wherever `html` writes it; only `html.raw` takes it as markup, and what is passed to it is cleaned by a sanitizer of your choice. Plinth has none.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '1.3.2',
      level: 1,
      asks: 'No input is evaluated as code.',
      how: 'Code is made in one place, from schemas of the author, and not at all where the process forbids it.',
      by: 'default',
      tests: [
        sources('code is made from text in one place, for schemas, and it is asked before whether that is allowed'),
        testsOf('packages/validation/src/serializer.test.ts')(
          'the generated copy > where code may not be generated the composed writers write',
        ),
        testsOf('packages/validation/src/compiled-schema.test.ts')(
          'the strict form of a schema > where code may be generated only at start-up, the strict form says what is wrong',
        ),
      ],
    },
    {
      id: '1.3.3',
      level: 2,
      asks: 'Input that goes to a risky place is limited in length and kind.',
      how: 'Texts, lists and objects without limits of their own get those of the framework.',
      by: 'default',
      tests: [
        hostileValues('values made to exhaust us > a long text is refused without a declared maximum, and counted by the declared one'),
        hostileValues('values made to exhaust us > a huge array gives one issue, soon, and only its declared maximum opens the gate'),
      ],
    },
    {
      id: '1.3.4',
      level: 2,
      asks: 'SVG that users send is checked or cleaned, as it may hold scripts.',
      how: 'SVG is refused unless the contract names it; a list such as `image/*` does not. What is let in by name is not cleaned: send it as a download.',
      by: 'default',
      tests: [
        uploads('an upload [IO-05] > refuses an SVG where any image is taken [VAL-10]'),
        uploads('an upload [IO-05] > refuses an SVG where nothing is said [VAL-10]'),
      ],
    },
    {
      id: '1.3.6',
      level: 2,
      asks: 'Requests that the server makes go to allowed protocols, hosts, paths and ports only (SSRF).',
      how: '`FETCH` refuses private, local and metadata addresses in every spelling, checks what names resolve to, and connects to the address that it has checked.',
      by: 'one line',
      tests: [
        fetch('http://127.0.0.1/ is refused, and nothing of the network is told'),
        fetch('http://2130706433/ is refused, and nothing of the network is told'),
        fetch('http://[::ffff:7f00:1]/ is refused, and nothing of the network is told'),
        fetch('http://10.0.0.1/ is refused, and nothing of the network is told'),
        fetch('http://169.254.169.254/latest/meta-data/ is refused, and nothing of the network is told'),
        fetch('a name that is public first and private then is looked up once for each connection, and never reached inside'),
      ],
    },
    {
      id: '1.3.7',
      level: 2,
      asks: 'Templates are not made from input.',
      how: 'Templates are tagged literals of the source; values are filled in as text, and there is no engine that reads templates at run time.',
      by: 'default',
      tests: [
        html('a value > that only looks like markup is text'),
        sources('code is made from text in one place, for schemas, and it is asked before whether that is allowed'),
      ],
    },
    {
      id: '1.3.9',
      level: 2,
      asks: 'Nothing can be injected into the commands of a cache.',
      how: 'Keys and values of the cache are to be encoded and limited.',
      by: 'default',
      later: 'cache',
    },
    {
      id: '1.3.10',
      level: 2,
      asks: 'Input is never a format string.',
      how: 'A text that is logged is written as it is, whatever percent signs it holds.',
      by: 'default',
      tests: [testsOf('packages/core/src/logging/create-logs.test.ts')('a text is never a format, however it looks')],
    },
    {
      id: '1.3.11',
      level: 2,
      asks: 'Nothing can be injected into mails.',
      how: 'Line breaks and control characters are refused in every header and address of a mail.',
      by: 'default',
      tests: [testsOf('packages/mail/test/mailer.test.ts')('nothing that users write can add a header [ASVS 1.3.11] > *')],
    },
    {
      id: '1.4.1',
      level: 2,
      asks: 'Memory is handled safely.',
      how: 'Everything is TypeScript; no package has native code of its own.',
      by: 'default',
      tests: [sources('no package has native code of its own, nor a step of its installation that compiles')],
    },
    {
      id: '1.4.2',
      level: 2,
      asks: 'Numbers cannot overflow.',
      how: 'Integers that a double cannot hold are refused in JSON and in texts, and beyond the range of their column in the database.',
      by: 'default',
      tests: [
        testsOf('packages/http/src/request/parse-json.test.ts')(
          'strict JSON > a number that no double holds is refused with a sentence of its own',
        ),
        testsOf('packages/validation/test/coercion.test.ts')('an integer text is either refused or read as the very number it says'),
        testsOf('packages/data/test/hostile/sameness.test.ts')(
          'the same on every database on SQLite > increments beyond the range are DATA_OUT_OF_RANGE and change nothing',
        ),
      ],
    },
    {
      id: '1.4.3',
      level: 2,
      asks: 'Resources are given back.',
      how: 'What a request has opened is released when it ends, whichever way it ends.',
      by: 'default',
      tests: [
        testsOf('packages/core/test/scopes.test.ts')(
          'what a request made is released in reverse order when the request ends, also asynchronously [DI-20]',
        ),
        testsOf('packages/http/test/streams.test.ts')(
          'a source is released when it stays unsent: deadline, broken header, undeclared status, HEAD (NestJS StreamableFile leak) [IO-02]',
        ),
      ],
    },
    {
      id: '1.5.1',
      level: 1,
      asks: 'XML is read without external entities.',
      how: 'Plinth reads no XML, and none of its dependencies does.',
      by: 'default',
      tests: [sources('no dependency reads XML or YAML, and nothing is turned into objects of classes')],
    },
    {
      id: '1.5.2',
      level: 2,
      asks: 'Data of others is not deserialized into objects of its choice.',
      how: 'JSON becomes plain objects, checked by a schema; keys that reach a prototype are refused.',
      by: 'default',
      tests: [
        sources('no dependency reads XML or YAML, and nothing is turned into objects of classes'),
        testsOf('packages/validation/test/unknown-properties.test.ts')('keys that reach a prototype > *'),
      ],
    },
  ],
};
