/** Errors of roles, permissions, policies and impersonation. @internal */
export const ACCESS_ERRORS = {
  FIELD_DENIED: {
    kind: 'forbidden',
    detail: 'You may not {action} these fields of {resource}: {fields}.',
    help: 'Leave them out, or let the policy of the resource name them in `fields`.',
  },
  IMPERSONATING: {
    kind: 'forbidden',
    detail: 'This cannot be done while acting as another user.',
    help: 'End the impersonation first. A route that support may use all the same has the guard impersonable to the left of session.',
  },
  IMPERSONATION_NONE: {
    kind: 'forbidden',
    detail: 'This session does not act as another user.',
    help: 'There is nothing to end: it is the session of its own user.',
  },
  IMPERSONATION_OVER: {
    kind: 'forbidden',
    detail: 'The time to act as another user is over, or it is no longer allowed.',
    help: 'End the impersonation to go on as yourself.',
  },
  IMPERSONATION_REASON: {
    kind: 'invalid',
    detail: 'Acting as another user needs a reason of 3 to 200 characters on one line.',
    help: 'Say why, such as the number of the support case: it is kept in the security log.',
  },
  IMPERSONATION_REFUSED: {
    kind: 'forbidden',
    detail: 'You cannot act as this user: {reason}.',
    help: 'Impersonation is for users who may do no more than you, one at a time.',
  },
  PERMISSION_MISSING: {
    kind: 'forbidden',
    detail: 'This needs the permission {permission}.',
    help: 'Sign in as a user who has it, or give this user a role that permits it.',
  },
  POLICY_DENIED: {
    kind: 'forbidden',
    detail: 'You may not {action} this {resource}.',
    help: 'The policy of the resource decides about each object: ask its owner, or sign in as somebody who may.',
  },
  POLICY_FAILED: {
    kind: 'internal',
    detail: 'The rule "{action}" of the policy of {resource} failed, so nobody is let in: {reason}.',
    help: 'A rule gives a filter, true or false at once. Look up what it needs (teams, roles) before, and put it into the actor.',
  },
  POLICY_FILTER: {
    kind: 'internal',
    detail: 'The rule "{action}" of the policy of {resource} cannot be judged at {path}: {reason}.',
    help: 'Use values of the type of the field, and operators that mean the same in memory and on every database; read whole rows.',
  },
  ROLES: {
    kind: 'internal',
    detail: 'defineRoles: {reason}.',
    help: 'Correct the roles where defineRoles(...) is called.',
  },
} as const;
