import type { ErrorDefinitions } from './error-definitions.js';

/** What concerns browsers: other sites, cookies, security headers, HTML. */
export const BROWSER_ERRORS = {
  CROSS_SITE: {
    kind: 'forbidden',
    title: 'Cross-site request refused',
    detail: 'This {method} request must come from a page of this site; it came from {origin}.',
    help: 'Browsers send Sec-Fetch-Site or Origin by themselves. List other sites of yours as `csrf: { origins }` of HttpModule.with; programs should use a bearer token instead of a cookie, or send Origin.',
  },
  REDIRECT: {
    kind: 'internal',
    detail: 'A redirect to {to} is refused: {reason}.',
    help: 'Redirect to a path of this service that begins with one "/"; list other origins of yours as `redirects: { origins }` of HttpModule.with.',
  },
  COOKIE: { kind: 'internal', detail: 'The cookie {name} cannot be set: {reason}.', help: 'See RFC 6265bis, section 4.1.1.' },
  HTML: {
    kind: 'internal',
    detail: 'An html template puts a value {place}: {reason}.',
    help: 'Values may stand in text and in quoted attributes; data for a script goes through html.json(...).',
  },
  COOKIE_KEY: {
    kind: 'internal',
    detail: '{what} has no key: {reason}.',
    help: 'List signed and encrypted cookies as `cookies` of HttpModule.with; for CSRF tokens say `csrf: { tokens: true }` there.',
  },
  SECURITY_HEADERS: {
    kind: 'internal',
    detail: 'The security header {header} cannot be made of {value}: {reason}.',
    help: 'Correct `securityHeaders` of HttpModule.with or of the contract.',
  },
  CORS: {
    kind: 'internal',
    detail: 'The CORS options hold {value}: {reason}.',
    help: 'Origins are exact, such as "https://app.example.com", or "https://*.example.com" for subdomains.',
  },
  CSRF: {
    kind: 'internal',
    detail: 'The CSRF options hold {value}, which is not an origin.',
    help: 'List exact origins, such as "https://app.example.com".',
  },
} as const satisfies ErrorDefinitions;
