import { defineErrors } from '@plinth/core';

/** Mistakes in the use of this package; failed expectations are `AssertionError`s. */
export const TESTING_ERRORS = defineErrors('TESTING', {
  NO_HTTP: {
    kind: 'internal',
    detail: 'The tested application has no HTTP server: {cause}',
    help: 'Import HttpModule in the module that is tested, or use app.get() instead of app.client.',
  },
  CLOCK_BACKWARDS: {
    kind: 'internal',
    detail: 'The fake clock cannot advance by {ms} ms.',
    help: 'Advance by 0 or more; to set the clock of the machine back, use set().',
  },
});
