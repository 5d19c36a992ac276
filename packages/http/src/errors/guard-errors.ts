import type { ErrorDefinitions } from './error-definitions.js';

/** Guards: who may not, and what guards do wrong themselves. */
export const GUARD_ERRORS = {
  NO_CREDENTIAL: { kind: 'unauthenticated', title: 'Sign-in needed', detail: '{reason}' },
  UNAUTHENTICATED: { kind: 'unauthenticated', title: 'Credential refused', detail: '{reason}' },
  FORBIDDEN: { kind: 'forbidden', title: 'Forbidden', detail: '{reason}' },
  FACT: {
    kind: 'internal',
    detail: 'A guard gave the fact "{name}", which is a name of the request context itself.',
    help: 'Give the fact another name.',
  },
  UNGUARDED: {
    kind: 'internal',
    detail: '{route} has no guard and does not say that it is open.',
    help: 'Declare it with guarded(...), or say `open: true` on the route, its controller or its module.',
  },
} as const satisfies ErrorDefinitions;
