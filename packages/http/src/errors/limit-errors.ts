import type { ErrorDefinitions } from './error-definitions.js';

/** Limits and repeats: rates, room, time, idempotency keys. */
export const LIMIT_ERRORS = {
  RATE_LIMITED: { kind: 'too-many', title: 'Too many requests', detail: 'There were too many requests; try again in {seconds} s.' },
  RATE_LIMIT_STORE: {
    kind: 'unavailable',
    title: 'Cannot count requests',
    detail: 'Requests cannot be counted right now, and this route is closed while they are not.',
    retryAfter: 5,
  },
  IDEMPOTENCY_KEY: { kind: 'invalid', title: 'Bad Idempotency-Key', detail: 'The header Idempotency-Key {reason}.' },
  IDEMPOTENCY_MISMATCH: {
    kind: 'invalid',
    title: 'Idempotency-Key used before',
    detail: 'This Idempotency-Key came with another request before; each request needs a key of its own.',
  },
  IDEMPOTENCY_BUSY: {
    kind: 'conflict',
    title: 'Request still running',
    detail: 'The first request with this Idempotency-Key has not been answered yet.',
    retryAfter: 1,
  },
  IDEMPOTENCY_UNREPEATABLE: {
    kind: 'conflict',
    title: 'Reply not kept',
    detail: 'The request with this Idempotency-Key was carried out, but its reply was too large to be kept.',
  },
  IDEMPOTENCY_LOST: {
    kind: 'unavailable',
    title: 'Took too long',
    detail: 'The request ran for longer than its Idempotency-Key was held for it; another one has taken it over.',
    help: 'Raise `lock` of idempotent() above the time that the handler may take.',
    retryAfter: 1,
  },
  IDEMPOTENCY_REPLY: {
    kind: 'internal',
    detail: 'The reply of {route} is a stream, which cannot be kept for repeats of the request.',
    help: 'Reply with a value, a text or bytes, or take idempotent() from the route.',
  },
  IDEMPOTENCY_OPTIONS: {
    kind: 'internal',
    detail: 'The option {option} of idempotent() is {given}, not {expected}.',
    help: 'Times are milliseconds or texts such as "24h".',
  },
  DEADLINE: { kind: 'unavailable', title: 'Took too long', detail: 'The request was not answered within {ms} ms.', retryAfter: 5 },
  OVERLOADED: { kind: 'unavailable', title: 'Overloaded', detail: 'The server has no room for another request right now.', retryAfter: 2 },
  EVENT_STREAMS: {
    kind: 'too-many',
    title: 'Too many event streams',
    detail: 'More than {max} streams of events are not opened for one user. Close one first.',
  },
  RATE_LIMIT: {
    kind: 'internal',
    detail: 'The rate limit {name} of {route} makes no sense: {reason}.',
    help: "Write `rateLimit: { limit: 20, per: '1m' }`, with `burst`, `cost`, `by`, `name` and `whenDown` where they are needed.",
  },
  RATE_LIMITS: {
    kind: 'internal',
    detail: 'HTTP_RATE_LIMITS holds {value}, which is {reason}.',
    help: 'Write "off", or rates by name: "default=600/1m/100, sign-in=20/1m, reports=off" (units, time, burst).',
  },
} as const satisfies ErrorDefinitions;
