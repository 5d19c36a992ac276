import type { ErrorDefinitions } from './error-definitions.js';

/** Routes, controllers and contracts that are refused at boot. */
export const ROUTE_ERRORS = {
  ACCEPTS: {
    kind: 'internal',
    detail: 'What {route} accepts contradicts itself: {reason}.',
    help: 'Declare a route for each kind of body.',
  },
  BODY_READER: {
    kind: 'internal',
    detail: 'The body reader for {mediaType} cannot be used: {reason}.',
    help: 'Media types: "application/cbor", "application/*+json", "image/*", "*/*".',
  },
  COMPRESS: {
    kind: 'internal',
    detail: 'The compression options hold {value}: {reason}.',
    help: "Write `compress: { threshold: 1024, encodings: ['br', 'gzip'] }`; the codings are br, zstd and gzip.",
  },
  REDIRECTS: {
    kind: 'internal',
    detail: 'The redirect options hold {value}, which is not an origin.',
    help: 'List exact origins, such as "https://accounts.example.com".',
  },
  CACHE: {
    kind: 'internal',
    detail: 'The `cache` of {route} makes no sense: {reason}',
    help: 'Times are whole numbers of seconds, 0 or more.',
  },
  STATIC: {
    kind: 'internal',
    detail: 'The folder {root} cannot be served: there is none.',
    help: 'Give `root` of staticFiles as a folder that is there when the application starts, best as an absolute path.',
  },
  NO_CONTROLLER: {
    kind: 'internal',
    detail: 'The class {controller} is listed in `controllers` but is not decorated with @Controller.',
    help: 'Decorate {controller} with @Controller(prefix), or list it in `providers`.',
  },
  SCHEMA: { kind: 'internal', detail: 'The {part} schema of {route} does not compile: {reason}' },
  SCHEMA_NEVER: {
    kind: 'internal',
    detail: 'The {part} schema of {route} can never match: at {at}, {reason}.',
    help: 'Correct the two keywords that contradict each other.',
  },
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
  VERSIONING: {
    kind: 'internal',
    detail: 'The versioning of {subject} makes no sense: {reason}.',
    help: "Write `HttpModule.with({ versioning: { by: 'header' } })` and `version: '1'`, a list, or 'neutral' for every version.",
  },
  DEPRECATION: {
    kind: 'internal',
    detail: 'The deprecation of {route} makes no sense: {reason}.',
    help: "Write `deprecated: { since: '2026-01-31', sunset: '2027-01-31', link: 'https://example.com/changes' }`.",
  },
  MIDDLEWARE: {
    kind: 'internal',
    detail: 'The middleware {name} {reason}.',
    help: 'A middleware answers, or calls next() once; it does not read the body.',
  },
} as const satisfies ErrorDefinitions;
