import { defineErrors } from '@plinth/core';

/** Every error this package gives to a caller, to an author at run time, or to a person who starts the application. */
export const HTTP_ERRORS = defineErrors('HTTP', {
  // The request line and the headers.
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

  // Routing.
  NO_ROUTE: { kind: 'not-found', title: 'Not found', detail: 'Nothing is served at this path.' },
  METHOD: { kind: 'unsupported', title: 'Method not allowed', detail: 'The method {method} is not allowed here; allowed: {allowed}.' },

  // Query and body.
  QUERY: { kind: 'invalid', title: 'Bad query', detail: 'The query string is refused: {reason}.' },
  QUERY_LIMIT: { kind: 'invalid', title: 'Too many query parameters', detail: 'The query string has more than {limit} parameters.' },
  BODY_MISSING: { kind: 'invalid', title: 'Body missing', detail: 'This request needs a body of type {expected}.' },
  BODY_TOO_LARGE: { kind: 'too-large', title: 'Body too large', detail: 'The body is larger than the {limit} bytes accepted here.' },
  BODY_CUT: { kind: 'invalid', title: 'Body cut short', detail: 'The connection ended before the whole body had arrived.' },
  MEDIA_TYPE: { kind: 'unsupported', title: 'Unsupported media type', detail: 'The body must be sent as {expected}: {reason}.' },
  CONTENT_ENCODING: {
    kind: 'unsupported',
    title: 'Unsupported content encoding',
    detail: 'Compressed bodies are not accepted: send the body without Content-Encoding.',
  },
  TEXT_ENCODING: { kind: 'invalid', title: 'Bad text encoding', detail: 'The body is not valid UTF-8.' },
  FORM: { kind: 'invalid', title: 'Bad form', detail: 'The form is refused: {reason}.' },
  JSON: { kind: 'invalid', title: 'Malformed JSON', detail: 'The body is not valid JSON.' },
  JSON_DEPTH: { kind: 'invalid', title: 'JSON too deep', detail: 'The JSON of the body is nested deeper than {limit} levels.' },
  JSON_DUPLICATE_KEY: { kind: 'invalid', title: 'Duplicate JSON key', detail: 'An object in the body has the same key twice.' },
  JSON_FORBIDDEN_KEY: {
    kind: 'invalid',
    title: 'Forbidden JSON key',
    detail: 'The keys "__proto__" and "constructor" are not accepted in a body.',
  },
  JSON_NUMBER: {
    kind: 'invalid',
    title: 'Inexact JSON number',
    detail: 'A number in the body {reason}.',
  },
  JSON_TEXT: { kind: 'invalid', title: 'Bad JSON text', detail: 'A string in the body holds U+0000 or half of a surrogate pair.' },
  INVALID: { kind: 'invalid', title: 'Invalid request', detail: 'The request does not have the declared form: {count} found.' },

  // Guards.
  NO_CREDENTIAL: { kind: 'unauthenticated', title: 'Sign-in needed', detail: '{reason}' },
  UNAUTHENTICATED: { kind: 'unauthenticated', title: 'Credential refused', detail: '{reason}' },
  FORBIDDEN: { kind: 'forbidden', title: 'Forbidden', detail: '{reason}' },

  // The server's side.
  DEADLINE: { kind: 'unavailable', title: 'Took too long', detail: 'The request was not answered within {ms} ms.', retryAfter: 5 },
  OVERLOADED: { kind: 'unavailable', title: 'Overloaded', detail: 'The server has no room for another request right now.', retryAfter: 2 },
  REPLY: {
    kind: 'internal',
    detail: 'The reply of {route} breaks its contract: {reason}.',
    help: 'Return what `returns` declares, or change `returns`.',
  },
  REPLY_STATUS: {
    kind: 'internal',
    detail: 'The handler of {route} replied with status {status}, which its contract does not declare (declared: {declared}).',
    help: 'Add the status to `returns`.',
  },
  REPLY_STREAM: { kind: 'internal', detail: 'The stream that {route} replied with failed before its first byte.' },
  FACT: {
    kind: 'internal',
    detail: 'A guard gave the fact "{name}", which is a name of the request context itself.',
    help: 'Give the fact another name.',
  },
  HEADER: {
    kind: 'internal',
    detail: 'The response header {name} cannot be sent: {reason}.',
    help: 'Header names are tokens (RFC 9110, 5.6.2); values are Latin-1 text without line breaks or NUL.',
  },
  COOKIE: { kind: 'internal', detail: 'The cookie {name} cannot be set: {reason}.', help: 'See RFC 6265bis, section 4.1.1.' },

  // Refused at boot.
  NO_CONTROLLER: {
    kind: 'internal',
    detail: 'The class {controller} is listed in `controllers` but is not decorated with @Controller.',
    help: 'Decorate {controller} with @Controller(prefix), or list it in `providers`.',
  },
  UNGUARDED: {
    kind: 'internal',
    detail: '{route} has no guard and does not say that it is open.',
    help: 'Declare it with guarded(...), or say `open: true` on the route, its controller or its module.',
  },
  SCHEMA: { kind: 'internal', detail: 'The {part} schema of {route} does not compile: {reason}' },
  BODY_ON_GET: {
    kind: 'internal',
    detail: '{route} declares a body, which {method} requests do not have.',
    help: 'Move the fields to `query`, or use POST, PUT, PATCH or QUERY.',
  },
  PARAM_UNDECLARED: {
    kind: 'internal',
    detail: 'The path of {route} holds the parameter "{name}", which its `params` schema does not declare.',
    help: 'Declare "{name}" in `params`, or leave `params` out.',
  },
  PARAM_UNKNOWN: {
    kind: 'internal',
    detail: 'The `params` schema of {route} declares "{name}", which its path does not hold.',
    help: 'Add :{name} to the path, or take "{name}" out of `params`.',
  },
  PATTERN: {
    kind: 'internal',
    detail: 'The path {path} is not a valid route path: {reason}.',
    help: 'Paths are made of text, ":name", ":name?" (last), "*rest" (last) and ":a.:b".',
  },
  METHOD_NAME: {
    kind: 'internal',
    detail: 'The method {method} of {path} cannot be routed.',
    help: 'Methods are upper-case tokens that Node.js parses (see http.METHODS); CONNECT and TRACE are never served.',
  },
  STATUS: {
    kind: 'internal',
    detail: '{route} declares the status {status}, which cannot be a final reply.',
    help: 'Use statuses from 200 to 599.',
  },
  MEDIA_TYPE_NAME: {
    kind: 'internal',
    detail: '{route} replies with the media type {mediaType}, which is not one.',
    help: 'Write type and subtype, such as media("text/csv").',
  },
  ROUTE_CONFLICT: {
    kind: 'internal',
    detail: '{first} and {second} answer the same requests.',
    help: 'Change the path or the method of one of them.',
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
  NOT_LISTENING: {
    kind: 'internal',
    detail: 'The server is not built yet: its routes are compiled at the end of the boot.',
    help: 'Call it once createApp() has given the application, not while providers are created.',
  },
});
