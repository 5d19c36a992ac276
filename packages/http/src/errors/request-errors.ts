import type { ErrorDefinitions } from './error-definitions.js';

/** What a request line, its headers, its path or its query can be refused for. */
export const REQUEST_ERRORS = {
  SYNTAX: { kind: 'invalid', title: 'Malformed request', detail: 'The request is not well-formed HTTP/1.1: {reason}.' },
  VERSION: { kind: 'unsupported', title: 'HTTP version not supported', detail: 'Only HTTP/1.1 and HTTP/1.0 are spoken here.' },
  TRANSFER_ENCODING: {
    kind: 'unsupported',
    title: 'Transfer coding not supported',
    detail: 'The only transfer coding understood here is a single "chunked".',
  },
  HOST: { kind: 'invalid', title: 'Bad Host', detail: 'The request needs exactly one valid Host header: {reason}.' },
  HOST_NOT_SERVED: {
    kind: 'forbidden',
    title: 'Misdirected request',
    detail: 'This server does not answer for the host of this request.',
    help: 'Add the host to APP_HOSTS (comma-separated; "*.example.com" covers every subdomain).',
  },
  PATH: { kind: 'invalid', title: 'Bad path', detail: 'The path of the request is refused: {reason}.' },
  URL_TOO_LONG: { kind: 'too-large', title: 'URL too long', detail: 'The URL of the request is longer than {limit} characters.' },
  PARAM_TOO_LONG: {
    kind: 'too-large',
    title: 'Path parameter too long',
    detail: 'The path parameter "{name}" is longer than {limit} characters.',
  },
  TOO_MANY_HEADERS: { kind: 'too-large', title: 'Too many headers', detail: 'The request has more than {limit} headers.' },
  HEADERS_TOO_LARGE: { kind: 'too-large', title: 'Headers too large', detail: 'The headers of the request are larger than {limit} bytes.' },
  COOKIE_LIMIT: {
    kind: 'too-large',
    title: 'Too many cookies',
    detail: 'The Cookie header holds more than {count} cookies or {bytes} bytes.',
  },
  EXPECTATION: { kind: 'unsupported', title: 'Expectation failed', detail: 'The only expectation understood here is "100-continue".' },
  REQUEST_TIMEOUT: { kind: 'timeout', title: 'Request too slow', detail: 'The request did not arrive in time.' },
  NO_ROUTE: { kind: 'not-found', title: 'Not found', detail: 'Nothing is served at this path.' },
  API_VERSION: {
    kind: 'not-found',
    detail: 'This path is not there in the version of the API that was asked for, but in these: {versions}.',
  },
  METHOD: { kind: 'unsupported', title: 'Method not allowed', detail: 'The method {method} is not allowed here; allowed: {allowed}.' },
  NOT_ACCEPTABLE: {
    kind: 'unsupported',
    title: 'Not acceptable',
    detail: 'Nothing that is offered here is accepted by this request; offered: {offered}.',
  },
  PRECONDITION: { kind: 'conflict', title: 'Precondition failed', detail: 'What is here is not the version that this request expects.' },
  RANGE: {
    kind: 'invalid',
    title: 'Range not satisfiable',
    detail: 'None of the file, of {size} bytes, is in the range, or there are more than five.',
  },
  NO_FILE: { kind: 'not-found', title: 'Not found', detail: 'There is no such file.' },
  QUERY: { kind: 'invalid', title: 'Bad query', detail: 'The query string is refused: {reason}.' },
  QUERY_REPEATED: { kind: 'invalid', title: 'Query parameter repeated', detail: 'The query parameter "{name}" may be given once only.' },
  QUERY_LIMIT: { kind: 'invalid', title: 'Too many query parameters', detail: 'The query string has more than {limit} parameters.' },
} as const satisfies ErrorDefinitions;
