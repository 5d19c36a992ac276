import type { EventFields } from './events.js';

/**
 * An event with its name as the compiler needs it: in a generator, a bare `{ event: 'placed' }` would be an event of any name.
 *
 * @example
 * yield event('placed', order, { id: order.id });
 */
export function event<const Name extends string, const Data>(
  name: Name,
  data: Data,
  fields?: EventFields,
): EventFields & { readonly event: Name; readonly data: Data } {
  return { event: name, data, ...fields };
}
