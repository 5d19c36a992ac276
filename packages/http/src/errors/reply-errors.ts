import type { ErrorDefinitions } from './error-definitions.js';

/** Replies that cannot be sent as the handler gave them. */
export const REPLY_ERRORS = {
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
  URL: { kind: 'internal', detail: 'No URL can be made of {path}: {reason}.', help: 'Check the value before it becomes part of a path.' },
  REPLY_STREAM: { kind: 'internal', detail: 'The stream that {route} replied with failed before its first byte.' },
  EVENT: {
    kind: 'internal',
    detail: 'An event of {route} cannot be sent: {reason}.',
    help: 'Give events of the names and with the data that `events(...)` declares.',
  },
  HEADER: {
    kind: 'internal',
    detail: 'The response header {name} cannot be sent: {reason}.',
    help: 'Header names are tokens (RFC 9110, 5.6.2); values are Latin-1 text without line breaks or NUL.',
  },
} as const satisfies ErrorDefinitions;
