import { testsOf, type Chapter } from '../requirement.ts';

export const V14: Chapter = {
  number: 14,
  title: 'Data protection',
  requirements: [
    {
      id: '14.2.1',
      level: 1,
      asks: 'Secrets are not sent in URLs.',
      how: 'Tokens and keys in a query are not read; lines of the log have the pattern of the path and no query.',
      by: 'default',
      tests: [
        testsOf('packages/auth/test/token-guards.test.ts')('an API key in the URL is none [AU-06]'),
        testsOf('packages/http/test/asvs/refusals-are-logged.test.ts')(
          'a line of the log holds the pattern of the path and nothing of the query, where tokens may stand',
        ),
      ],
    },
    {
      id: '14.2.2',
      level: 2,
      asks: 'What is not for all is not kept by caches of servers.',
      how: 'Guarded answers and those with cookies say `no-store`, which caches in front obey. A cache of Plinth’s own is to come.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/negotiation.test.ts')(
          'cache: said by the contract; guarded answers and those with cookies stay out of caches (Hono CVE-2026-44457)',
        ),
      ],
    },
    {
      id: '14.2.4',
      level: 2,
      asks: 'Sensitive data are treated as was decided for their kind.',
      how: 'Which data are of which kind is yours. For what you decide there are encryption of fields, contracts that let nothing else out, and redaction by names; there is no declaration of kinds.',
      by: 'one line',
      owner: 'author',
    },
    {
      id: '14.3.1',
      level: 1,
      asks: 'Signing out removes what the browser has stored.',
      how: '`clearSite` sends `Clear-Site-Data` and takes the cookie away.',
      by: 'default',
      tests: [testsOf('packages/auth/test/guards.test.ts')('signing out ends the session, takes the cookie away and clears the site')],
    },
    {
      id: '14.3.2',
      level: 2,
      asks: 'Browsers do not keep sensitive answers.',
      how: '`no-store` on everything behind a guard.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/asvs/caching.test.ts')(
          'what stands behind a guard is stored by nobody, and what is open says nothing of it',
        ),
      ],
    },
  ],
};
