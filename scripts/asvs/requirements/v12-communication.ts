import { testsOf, type Chapter } from '../requirement.ts';

const tls = testsOf('packages/http/test/tls.test.ts');
const fetch = testsOf('packages/http/test/fetch.test.ts');
const redis = testsOf('packages/data/test/redis-tls.test.ts');
const plaintext = testsOf('packages/data/test/plaintext.test.ts');
const modern =
  'a server with certificate and key > speaks nothing below TLS 1.2, and no suite without forward secrecy (ASVS 12.1.1) [IO-08]';

export const V12: Chapter = {
  number: 12,
  title: 'Secure communication',
  requirements: [
    {
      id: '12.1.1',
      level: 1,
      asks: 'TLS 1.2 and 1.3 only.',
      how: '1.2 is the least where Plinth ends TLS; `minVersion` makes it 1.3.',
      by: 'default',
      tests: [tls(modern), tls('the least version of TLS is 1.2, and 1.3 where that is asked for')],
    },
    {
      id: '12.1.2',
      level: 2,
      asks: 'Only recommended ciphers, strong ones first.',
      how: 'Suites with forward secrecy and authentication only.',
      by: 'default',
      tests: [tls(modern)],
    },
    {
      id: '12.1.3',
      level: 2,
      asks: 'Certificates of clients are verified before their names count.',
      how: 'Plinth asks no client for a certificate. A proxy that does names the user in a header, which `preAuthenticated` believes from that proxy only.',
      by: 'one line',
      owner: 'operator',
    },
    {
      id: '12.2.1',
      level: 1,
      asks: 'Clients are served over TLS only.',
      how: '`TLS_CERT` and `TLS_KEY`, or a proxy in front. Plinth sends HSTS and cookies that need https. Production that serves plain http to other machines and has named no proxy warns at each start, and is not refused.',
      by: 'one line',
      owner: 'operator',
    },
    {
      id: '12.3.1',
      level: 2,
      asks: 'Connections to databases and other services use TLS.',
      how: 'Production refuses a database or Redis on another machine without TLS, unless `plaintext` says that the network is trusted; `openDatabase` outside of modules does not look. Mail demands STARTTLS or TLS, but on the same machine, and where `?tls=off` says so without a password. Providers of sign-in are https. Declared clients speak what their URL says, http too, and the admin port has no TLS; `plinth security inventory` shows who goes without.',
      by: 'one line',
      tests: [
        plaintext('production refuses *'),
        plaintext('a trusted network is said by a variable or an option, and the variable stands over the option'),
      ],
    },
    {
      id: '12.3.2',
      level: 2,
      asks: 'Certificates of servers are checked.',
      how: 'Always, but for a database whose URL says `no-verify`.',
      by: 'default',
      tests: [
        fetch('a service with an authority of its own is called over TLS, and others are not believed'),
        testsOf('packages/mail/test/smtp.test.ts')('TLS and passwords > a certificate that nobody vouches for is refused'),
        redis('a certificate of an unknown authority is not believed'),
        testsOf('scripts/asvs/source-rules.test.ts')('certificates are always checked, but for databases whose URL says otherwise'),
      ],
    },
    {
      id: '12.3.4',
      level: 2,
      asks: 'Services inside trust certain authorities only.',
      how: 'A client takes an authority of its own; for the rest there is `NODE_EXTRA_CA_CERTS`.',
      by: 'one line',
      tests: [
        fetch('a service with an authority of its own is called over TLS, and others are not believed'),
        redis('a certificate of an authority that the process trusts is believed, for its own name only'),
      ],
    },
  ],
};
