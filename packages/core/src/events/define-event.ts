import { SERVICE_ERRORS } from '../errors/service-errors.js';

/** A kind of event and the type of what it carries. */
export interface Event<T> {
  /** Words separated by dots, such as `order.placed`. */
  readonly name: string;
  /** Only in types: what the event carries. */
  readonly type?: (payload: T) => T;
}

/** What an event carries. */
export type PayloadOf<E> = E extends Event<infer T> ? T : never;

const wellFormedName = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;

/**
 * Declares a kind of event. Throws `CORE_EVENT_NAME` for a name that is not made of words and dots.
 *
 * @example
 * const ORDER_PLACED = defineEvent<{ id: string }>('order.placed');
 */
export function defineEvent<T = void>(name: string): Event<T> {
  if (!wellFormedName.test(name)) throw SERVICE_ERRORS.EVENT_NAME({ name: JSON.stringify(name) });
  return Object.freeze({ name });
}

/** Checks what listeners may ask for: an event's name, `order.*`, or `*`. Throws `CORE_EVENT_NAME`. @internal */
export function checkPattern(pattern: string): string {
  const name = pattern === '*' ? 'any' : pattern.endsWith('.*') ? pattern.slice(0, -2) : pattern;
  if (!wellFormedName.test(name)) throw SERVICE_ERRORS.EVENT_NAME({ name: JSON.stringify(pattern) });
  return pattern;
}
