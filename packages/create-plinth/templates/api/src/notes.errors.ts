import { defineErrors } from '@plinth/core';

export const NOTE_ERRORS = defineErrors('NOTE', {
  NOT_FOUND: { kind: 'not-found', detail: 'There is no note {id}.' },
});
