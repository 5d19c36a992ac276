import type { ErrorDefinitions } from './error-definitions.js';

/** Redis. */
export const REDIS_ERRORS = {
  REDIS_URL: {
    kind: 'internal',
    detail: 'The Redis URL {url} is not understood: {reason}.',
    help: 'Write redis://user:password@host:6379/0, or rediss://… for TLS; the characters @ : / of a password are percent-encoded.',
  },
  REDIS_UNREACHABLE_AT_START: {
    kind: 'unavailable',
    detail: 'The Redis at {url} cannot be reached: {reason}.',
    help: 'Start Redis, or correct {variable}.',
  },
  REDIS_UNAVAILABLE: {
    kind: 'unavailable',
    detail: 'The Redis at {url} cannot be used: {reason}.',
    retryAfter: 1,
  },
  REDIS_TIMEOUT: {
    kind: 'unavailable',
    detail: 'The Redis at {url} did not answer within {ms} ms; whether it carried the command out is not known.',
    retryAfter: 1,
  },
  REDIS_COMMAND: {
    kind: 'internal',
    detail: 'Redis refused a command: {reason}',
    help: 'Correct the command and the type of the key that it is used on.',
  },
  REDIS_CLOSED: {
    kind: 'unavailable',
    detail: 'The connection to Redis is closed: no command can run after the application has stopped.',
    help: 'Await the work that uses Redis in an onStop hook of a provider that depends on REDIS; it runs before the connection is closed.',
  },
} as const satisfies ErrorDefinitions;
