import { defineErrors } from '@plinth/core';

export const ADMIN_ERRORS = defineErrors('ADMIN', {
  ACCOUNT_UNKNOWN: { kind: 'not-found', detail: 'There is no such account.' },
  OWN_ACCOUNT: {
    kind: 'conflict',
    detail: 'Nobody does this to their own account.',
    help: 'Ask another administrator: so there is always one left.',
  },
});
