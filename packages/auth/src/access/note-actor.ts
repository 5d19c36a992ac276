import { currentContext } from '@plinth/core';

/** Says in the request context who acts, for the log and for whatever is written. */
export function noteActor(actor: string): void {
  const current = currentContext();
  if (current) current.actor = actor;
}
