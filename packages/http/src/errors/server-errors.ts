import type { ErrorDefinitions } from './error-definitions.js';

/** The server itself: where it listens, whom it trusts, what it tells operators. */
export const SERVER_ERRORS = {
  METRIC: { kind: 'internal', detail: 'The metric {name} cannot be declared: {reason}.', help: 'See docs/how-to/metrics.md.' },
  METRICS_CLOSED: {
    kind: 'internal',
    detail: 'MetricsModule.with says neither guards nor open nor admin.',
    help: 'Import MetricsModule without `with` where the admin listener serves them; else write `guards: [operator]`, or `open: true` where nobody but the scraper reaches the port.',
  },
  TRUST: {
    kind: 'internal',
    detail: 'The trusted proxies hold {value}: {reason}.',
    help: 'Name the number of proxies in front (1), or their networks ("10.0.0.0/8", "loopback"), as `trust` of HttpModule.with or in APP_TRUST_PROXY.',
  },
  TLS: {
    kind: 'internal',
    detail: 'TLS cannot be switched on: {reason}.',
    help: 'Set TLS_CERT and TLS_KEY (or `tls` of HttpModule.with) to PEM files, or to their texts: the certificate with its chain, and its own key.',
  },
  SOCKET: {
    kind: 'internal',
    detail: 'Cannot listen on the socket {path}: {reason}.',
    help: '{cure}',
  },
  HOSTS_MISSING: {
    kind: 'internal',
    detail: 'In production the hosts that this server answers for must be named.',
    help: 'Set APP_HOSTS to a comma-separated list, such as "api.example.com,*.example.org".',
  },
  HOSTS: {
    kind: 'internal',
    detail: 'APP_HOSTS holds {value}, which is not a host name.',
    help: 'Write host names without scheme and path: "example.com", "example.com:8443", "*.example.com", "[::1]".',
  },
  PORT_IN_USE: {
    kind: 'internal',
    detail: 'Port {port} of {host} is already taken.',
    help: 'Stop the other process, or choose another port with PORT (0 takes any free one).',
  },
  ADDRESS: { kind: 'internal', detail: 'Cannot listen on {host}, port {port}: {reason}.', help: 'Check HOST and PORT.' },
  REQUEST_LOG: {
    kind: 'internal',
    detail: 'The options of the request log make no sense: {reason}.',
    help: "Write `requestLog: { ignore: ['/health/*'], slow: 500, level: { '4xx': 'warn' } }`, or a part of it.",
  },
  ADMIN: {
    kind: 'internal',
    detail: 'The admin listener makes no sense: {reason}.',
    help: 'Give it a port of its own, as `admin: { port }` of HttpModule.with or in ADMIN_PORT, and a `host` if it shall be reached from elsewhere.',
  },
  OPTION: {
    kind: 'internal',
    detail: '{option} of {owner} {reason}.',
    help: '{cure}',
  },
  LIMIT: {
    kind: 'internal',
    detail: 'The limit {limit} of {owner} is {value}, and not {allowed}.',
    help: 'Write it as a number, such as `limits: { body: 1_048_576, timeout: 30_000 }`, or leave it out for the default. Texts of the environment become numbers with defineConfig.',
  },
  NOT_LISTENING: {
    kind: 'internal',
    detail: 'The server is not built yet: its routes are compiled at the end of the boot.',
    help: 'Call it once createApp() has given the application, not while providers are created.',
  },
} as const satisfies ErrorDefinitions;
