import { token } from '../di/token.js';
import type { Event } from './define-event.js';

/** What a listener is told besides the payload. */
export interface EventInfo {
  /** Name of the event; of use to listeners of `order.*`. */
  readonly name: string;
  /** Id of this occurrence (UUID v7). */
  readonly id: string;
  /** When it was emitted, in milliseconds since 1970. */
  readonly at: number;
}

/** Handles an event. What it returns is awaited. */
export type Listener<T> = (payload: T, info: EventInfo) => unknown;

/** How a listener listens. */
export interface ListenOptions {
  /** Lower is called earlier; equal ones in the order of registration. Default 0. */
  readonly order?: number;
  /** Removes the listener after its first event. */
  readonly once?: boolean;
  /**
   * Runs in the background, even for `emit`: the emitter neither waits for it nor sees its errors, which are logged. A stop waits
   * for it.
   */
  readonly queued?: boolean;
  /** Name in messages; default the function's. */
  readonly name?: string;
}

/** Tells parts of an application about each other's events, within this process. */
export interface EventBus {
  /**
   * Calls the listeners one after another and waits for each. All run, even if some fail; then it throws
   * `CORE_EVENT_LISTENERS`, whose cause is an `AggregateError` of all failures. (One that carries nothing takes no payload.)
   */
  emit<T>(event: Event<T>, ...payload: PayloadArgument<T>): Promise<void>;
  /**
   * Calls the listeners in the background, in order, and returns at once; failures are logged. A stop waits for them. Throws
   * `CORE_EVENT_CLOSED` after the stop.
   */
  publish<T>(event: Event<T>, ...payload: PayloadArgument<T>): void;
  /** Listens to an event. Returns the function that ends it. */
  on<T>(event: Event<T>, listener: Listener<T>, options?: ListenOptions): () => void;
  /** Listens to every event below a prefix (`order.*`) or to all (`*`). Throws `CORE_EVENT_NAME`. */
  on(pattern: string, listener: Listener<unknown>, options?: ListenOptions): () => void;
  /** The next occurrence of an event: its payload. Rejects when the signal aborts. */
  next<T>(event: Event<T>, options?: { readonly signal?: AbortSignal }): Promise<T>;
  /** Number of listeners that an event would call. */
  listenerCount<T>(event: Event<T> | string): number;
}

/** The arguments that carry a payload: none for `defineEvent<void>`. */
export type PayloadArgument<T> = [T] extends [void] ? [payload?: T] : [payload: T];

/** The application's events. */
export const EVENTS = token<EventBus>('EVENTS');
