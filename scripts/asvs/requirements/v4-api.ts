import { testsOf, type Chapter } from '../requirement.ts';

const trusted = testsOf('packages/http/test/trusted-proxies.test.ts');
const later = { later: 'websockets', by: 'one line' } as const;

export const V4: Chapter = {
  number: 4,
  title: 'API and web service',
  requirements: [
    {
      id: '4.1.1',
      level: 1,
      asks: 'Every answer names its type and encoding.',
      how: 'The contract says the type; texts are UTF-8, and the header says so.',
      by: 'default',
      tests: [testsOf('packages/http/test/asvs/response-headers.test.ts')('every answer with a body names its type and its encoding')],
    },
    {
      id: '4.1.2',
      level: 2,
      asks: 'Only pages for people are redirected from http to https, so that clients of an API that send secrets in plain are noticed.',
      how: 'Plinth redirects nobody to https: a server with a certificate does not answer plain http. Where a proxy redirects, it should do so for pages only.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/asvs/plain-http.test.ts')(
          'a server of https redirects nobody who speaks plain http, so that a client that sends its secrets so is noticed',
        ),
      ],
    },
    {
      id: '4.1.3',
      level: 2,
      asks: 'Headers that a proxy sets cannot be set by the client.',
      how: 'Forwarded headers are neither read nor shown unless a named proxy sent them; a user named by a header is believed from named proxies only.',
      by: 'default',
      tests: [
        trusted('forwarded headers > are neither read nor shown where no proxy is trusted [IO-07]'),
        trusted(
          'forwarded headers > of a peer outside the trusted networks are not read, proto and host included (Fastify CVE-2026-3635) [IO-07]',
        ),
        testsOf('packages/auth/test/pre-authenticated.test.ts')(
          'the header of anybody else is nothing, whatever forwarded headers say [AU-06]',
        ),
      ],
    },
    {
      id: '4.2.1',
      level: 2,
      asks: 'Where a message ends cannot be read in two ways (smuggling).',
      how: 'The strict parser cannot be switched off; other codings than chunked, two lengths, and length with coding are refused with the connection.',
      by: 'default',
      tests: [
        testsOf('packages/http/test/advisories/claims.test.ts')(
          'what a client says of itself > Node CVE-2024-22019, CVE-2024-27982, CVE-2025-23167, CVE-2022-32213, CVE-2022-32214, CVE-2022-32215, CVE-2022-35256, CVE-2019-15605: a second request hidden in the first',
        ),
      ],
    },
    {
      id: '4.3.1',
      level: 2,
      asks: 'GraphQL queries are limited in depth, number and cost.',
      how: 'There is no GraphQL server in Plinth yet.',
      by: 'default',
      later: 'graphql',
    },
    {
      id: '4.3.2',
      level: 2,
      asks: 'The GraphQL schema cannot be read in production.',
      how: 'There is no GraphQL server in Plinth yet.',
      by: 'default',
      later: 'graphql',
    },
    { id: '4.4.1', level: 1, asks: 'WebSockets run over TLS.', how: 'Plinth takes no WebSockets yet: an upgrade is refused.', ...later },
    {
      id: '4.4.2',
      level: 2,
      asks: 'The Origin of a WebSocket is checked.',
      how: 'Plinth takes no WebSockets yet.',
      ...later,
      by: 'default',
    },
    {
      id: '4.4.3',
      level: 2,
      asks: 'WebSockets that have no session have tokens of their own.',
      how: 'Plinth takes no WebSockets yet.',
      ...later,
    },
    { id: '4.4.4', level: 2, asks: 'Those tokens are got through a session or sign-in.', how: 'Plinth takes no WebSockets yet.', ...later },
  ],
};
