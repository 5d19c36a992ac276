import type { ErrorDefinitions } from './error-definitions.js';

/** Requests to other services. */
export const FETCH_ERRORS = {
  FETCH_URL: { kind: 'invalid', title: 'Bad URL', detail: 'The URL cannot be called: {reason}.' },
  FETCH_REFUSED: { kind: 'invalid', title: 'Address refused', detail: 'The host {host} may not be called.' },
  FETCH_NO_HOST: { kind: 'invalid', title: 'Unknown host', detail: 'The host {host} is not known.' },
  FETCH_TIMEOUT: { kind: 'timeout', title: 'No answer in time', detail: 'The whole answer of {host} did not come within {limit} ms.' },
  FETCH_NO_ANSWER: {
    kind: 'timeout',
    title: 'No answer',
    detail: 'The host {host} did not accept the connection or did not answer in time.',
  },
  FETCH_FAILED: { kind: 'unavailable', title: 'Request failed', detail: 'The request to {host} failed.' },
  FETCH_TOO_LARGE: { kind: 'unavailable', title: 'Answer too large', detail: 'The answer of {host} is larger than {limit} bytes.' },
  FETCH_REDIRECTS: {
    kind: 'unavailable',
    title: 'Too many redirects',
    detail: 'The host {host} redirects more often than {limit} times, or where the body cannot follow.',
  },
  FETCH_CIRCUIT: {
    kind: 'unavailable',
    title: 'Service unavailable',
    detail: 'The host {host} has failed several times in a row and is left alone for now.',
  },
  FETCH_BUSY: {
    kind: 'unavailable',
    title: 'Too many requests to a service',
    detail: 'Too many requests to {host} wait already.',
    retryAfter: 1,
  },
  FETCH_REQUEST: {
    kind: 'internal',
    detail: 'A request to another service cannot be sent: {reason}.',
    help: 'Change what is passed to the client: method, headers and body as the Fetch standard has them.',
  },
  FETCH_BREAKER: {
    kind: 'internal',
    detail: 'A client has a circuit breaker, but the package cockatiel is not installed.',
    help: 'Install it (pnpm add cockatiel), or leave out `breaker`.',
  },
  FETCH_OPTIONS: {
    kind: 'internal',
    detail: 'The options of {client} make no sense: {reason}.',
    help: 'See docs/how-to/fetch.md for what each of them takes.',
  },
} as const satisfies ErrorDefinitions;
