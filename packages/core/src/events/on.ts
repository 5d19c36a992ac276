import type { Event } from './define-event.js';
import type { EventBus, EventInfo, ListenOptions } from './event-bus.js';

/** A method that listens, as `@On` recorded it. */
export interface ListenerRecord {
  readonly event: Event<unknown> | string;
  readonly method: string | symbol;
  readonly options: ListenOptions;
}

type ListenerMethod<T> = (payload: T, info: EventInfo) => unknown;

// On the class's prototype chain, so that subclasses inherit listeners; the symbol is shared by all copies of this package.
const mark = Symbol.for('plinth.listeners');
const noListeners: readonly ListenerRecord[] = [];

/**
 * Makes a method of an app-scoped provider listen to an event; registered at boot. The compiler checks that the method takes what
 * the event carries.
 *
 * @example
 * const ORDER_PLACED = defineEvent<{ id: string }>('order.placed');
 *
 * class Mails {
 *   \@On(ORDER_PLACED)
 *   async confirm(order: { id: string }) {}
 * }
 */
export function On<T>(event: Event<T>, options?: ListenOptions): ListenerDecorator<T>;
/** Makes a method listen to every event below a prefix (`order.*`) or to all (`*`). */
export function On(pattern: string, options?: ListenOptions): ListenerDecorator<unknown>;
export function On(event: Event<unknown> | string, options: ListenOptions = {}): ListenerDecorator<unknown> {
  return (prototype, method) => {
    const holder = prototype as { [mark]?: readonly ListenerRecord[] };
    Object.defineProperty(prototype, mark, { value: [...(holder[mark] ?? []), { event, method, options }], configurable: true });
  };
}

/** A decorator of methods that take `T`. */
export type ListenerDecorator<T> = <M extends ListenerMethod<T>>(
  prototype: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** The listening methods of an instance, in the order of their declaration; those of base classes first. */
export function readListeners(instance: object): readonly ListenerRecord[] {
  return (Reflect.get(instance, mark) as readonly ListenerRecord[] | undefined) ?? noListeners;
}

/** Registers the listening methods of an instance. Returns the function that ends it. */
export function listenWith(bus: EventBus, instance: object): () => void {
  const listeners = readListeners(instance);
  if (listeners.length === 0) return () => {};
  // An overridden method that is decorated again counts once, with the newer options.
  const records = new Map(listeners.map((record) => [`${nameOf(record.event)} ${String(record.method)}`, record]));
  const ends = [...records.values()].map(({ event, method, options }) => {
    const name = `${instance.constructor.name}.${String(method)}`;
    const listener = (payload: unknown, info: EventInfo): unknown =>
      (instance as Record<string | symbol, ListenerMethod<unknown>>)[method]!(payload, info);
    return bus.on(event as Event<unknown>, listener, { name, ...options });
  });
  return () => ends.forEach((end) => end());
}

function nameOf(event: Event<unknown> | string): string {
  return typeof event === 'string' ? event : event.name;
}
