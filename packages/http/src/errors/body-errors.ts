import type { ErrorDefinitions } from './error-definitions.js';

/** What a body can be refused for, by its format or by the declared form. */
export const BODY_ERRORS = {
  BODY_MISSING: { kind: 'invalid', title: 'Body missing', detail: 'This request needs a body of type {expected}.' },
  BODY_TOO_LARGE: { kind: 'too-large', title: 'Body too large', detail: 'The body is larger than the {limit} bytes accepted here.' },
  BODY_CUT: { kind: 'invalid', title: 'Body cut short', detail: 'The connection ended before the whole body had arrived.' },
  MEDIA_TYPE: { kind: 'unsupported', title: 'Unsupported media type', detail: 'The body must be sent as {expected}: {reason}.' },
  CONTENT_ENCODING: {
    kind: 'unsupported',
    title: 'Unsupported content encoding',
    detail: 'Compressed bodies are not accepted: send the body without Content-Encoding.',
  },
  BODY_FORMAT: { kind: 'invalid', title: 'Malformed body', detail: 'The body is not valid {mediaType}.' },
  BODY_READ_TWICE: {
    kind: 'internal',
    detail: 'A body that streams was read a second time.',
    help: 'Keep what was read, or let the contract accept a format that is read as a whole.',
  },
  NDJSON: { kind: 'invalid', title: 'Malformed line', detail: 'Line {line} of the body is refused: {reason}' },
  NDJSON_INVALID: { kind: 'invalid', title: 'Invalid line', detail: 'Line {line} of the body does not have the declared form.' },
  NDJSON_LINE: { kind: 'too-large', title: 'Line too long', detail: 'Line {line} of the body is longer than {limit} bytes.' },
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
} as const satisfies ErrorDefinitions;
