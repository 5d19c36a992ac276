import { testsOf, type Chapter } from '../requirement.ts';

const headers = testsOf('packages/http/test/asvs/response-headers.test.ts');
const cookies = testsOf('packages/http/test/asvs/cookies.test.ts');
const csrf = testsOf('packages/http/test/csrf.test.ts');
const cors = testsOf('packages/http/test/cors.test.ts');
const contentTypes = testsOf('packages/http/test/advisories/content-types.test.ts');
const redirects = testsOf('packages/http/test/redirects.test.ts');
const authCookies = testsOf('packages/auth/test/asvs/session-cookie.test.ts');

export const V3: Chapter = {
  number: 3,
  title: 'Web frontend security',
  requirements: [
    {
      id: '3.2.1',
      level: 1,
      asks: 'Answers that are no pages are not shown as pages.',
      how: 'The policy of everything but declared documents runs and loads nothing; files are sent as downloads where `download` says so.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/security-headers.test.ts')(
          'of a document > are not those of other answers, errors included: nothing in them may run at all [AU-18]',
        ),
      ],
    },
    {
      id: '3.3.1',
      level: 1,
      asks: 'Cookies are sent over https only.',
      how: '`Secure` stands on every cookie, and the session’s name begins with `__Host-`, without which browsers do not take it.',
      by: 'default',
      tests: [cookies('a cookie is sent over https only, unless its author says otherwise')],
    },
    {
      id: '3.3.2',
      level: 2,
      asks: 'Cookies say with which requests of other sites they go.',
      how: '`SameSite=Lax` stands on every cookie.',
      by: 'default',
      tests: [cookies('a cookie is not sent with requests that other sites make, unless its author says otherwise')],
    },
    {
      id: '3.3.3',
      level: 2,
      asks: 'Cookies that belong to one host have the prefix `__Host-`.',
      how: 'The session cookie is `__Host-sid`; a cookie of that prefix with a domain or another path is refused where it is set.',
      by: 'default',
      tests: [
        authCookies('the cookie of a session is called so that browsers bind it to this host and to https'),
        testsOf('packages/http/test/firewall.test.ts')(
          'cookies > with the prefixes that browsers insist on keep their promises (HTTP_COOKIE)',
        ),
      ],
    },
    {
      id: '3.3.4',
      level: 2,
      asks: 'Scripts cannot read what authenticates.',
      how: '`HttpOnly` stands on every cookie; the token of a session is in no body.',
      by: 'default',
      tests: [cookies('a cookie cannot be read by scripts, unless its author says otherwise')],
    },
    {
      id: '3.4.1',
      level: 1,
      asks: 'Browsers are told to stay with https for a year or more.',
      how: 'Two years, subdomains included, on every answer as soon as `APP_URL` is https or the server ends TLS itself.',
      by: 'default',
      tests: [headers('every answer over https asks browsers to stay with it, for two years, subdomains included')],
    },
    {
      id: '3.4.2',
      level: 1,
      asks: 'CORS lets in listed origins only.',
      how: 'Nobody is let in without a list; origins are compared as a whole and never reflected.',
      by: 'default',
      tests: [
        cors('without declaration > no page of another origin is let in, and no preflight is answered with leave'),
        cors('origins > are compared as a whole: no prefix, suffix, case, port, protocol or null passes'),
      ],
    },
    {
      id: '3.4.3',
      level: 2,
      asks: 'A content security policy limits what may load and run.',
      how: "`default-src 'none'` on answers of an API, own sources only on documents, a nonce for scripts that are asked for.",
      by: 'default',
      tests: [
        headers('answers of an API may load and run nothing, and documents only what is their own'),
        testsOf('packages/http/test/security-headers.test.ts')(
          'of a document > hold the nonce once it was read, another one in each answer, and such an answer is not stored [AU-18]',
        ),
      ],
    },
    {
      id: '3.4.4',
      level: 2,
      asks: 'Types are not sniffed.',
      how: '`X-Content-Type-Options: nosniff` on every answer, errors included.',
      by: 'default',
      tests: [headers('no answer may be taken for another type than it names')],
    },
    {
      id: '3.4.5',
      level: 2,
      asks: 'Addresses are not told to other sites by the Referer.',
      how: '`Referrer-Policy: no-referrer` on every answer.',
      by: 'default',
      tests: [headers('no answer makes browsers tell other sites where a visitor came from')],
    },
    {
      id: '3.4.6',
      level: 2,
      asks: 'Pages cannot be framed by others.',
      how: "`frame-ancestors 'none'` on every answer.",
      by: 'default',
      tests: [headers('no answer may be framed')],
    },
    {
      id: '3.5.1',
      level: 1,
      asks: 'Requests that another site makes the browser send are refused (CSRF).',
      how: 'Unsafe requests with a cookie must come from this site, by Fetch Metadata, Origin or Referer; tokens bound to the session for old browsers.',
      by: 'default',
      tests: [
        csrf('where a cookie authenticates > one of another site is refused, of a neighbouring host too, whatever the method [AU-14]'),
        csrf('where a cookie authenticates > without Fetch Metadata the Origin decides, then the Referer [AU-14]'),
        testsOf('packages/auth/test/guards.test.ts')(
          'an unsafe request with the cookie must come from this site, a bearer token need not [AU-14]',
        ),
      ],
    },
    {
      id: '3.5.2',
      level: 1,
      asks: 'What relies on the preflight of CORS cannot be reached without one.',
      how: 'A JSON route takes JSON types only, matched as a whole; and no content type switches the check of the site off.',
      by: 'default',
      tests: [
        contentTypes('a content type is read once, as a whole > *'),
        csrf(
          'where a cookie authenticates > the content type, its case or its absence changes nothing [Fastify CVE-2022-41919] [Hono CVE-2024-43787] [Hono CVE-2024-48913]',
        ),
      ],
    },
    {
      id: '3.5.3',
      level: 1,
      asks: 'What changes something is not reached by GET, HEAD or OPTIONS.',
      how: 'Methods are declared one by one, none can be overridden, and every unsafe method is covered by the check of the site. Nothing looks whether a handler of GET writes.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '3.7.2',
      level: 2,
      asks: 'Redirects lead to known places only.',
      how: '`redirect` takes paths of this service and listed origins, in no spelling any other.',
      by: 'default',
      tests: [
        redirects('a redirect leads to a path of this service, or to an origin that was named'),
        redirects(
          'redirect("//evil.example") is refused (Express CVE-2024-29041, CVE-2024-43796, Koa CVE-2025-8129, better-auth CVE-2024-56734)',
        ),
        redirects('an origin is compared whole'),
      ],
    },
  ],
};
