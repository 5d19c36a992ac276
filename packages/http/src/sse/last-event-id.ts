import type { HttpContext } from '../contract/context-of.js';

const LONGEST = 1024;

/**
 * The id of the last event that a client has seen, when it connects again; `undefined` on its first connection. It is the client's word:
 * look it up as you would any other value from outside. One longer than 1,024 characters counts as none.
 */
export function lastEventId(context: Pick<HttpContext, 'header'>): string | undefined {
  const id = context.header('last-event-id');
  return id === undefined || id === '' || id.length > LONGEST ? undefined : id;
}
