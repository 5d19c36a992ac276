import { runUninterrupted } from '../context/run-uninterrupted.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import { newId } from '../id/new-id.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { checkPattern, type Event } from './define-event.js';
import type { EventBus, EventInfo, Listener, ListenOptions, PayloadArgument } from './event-bus.js';

interface Registration {
  readonly pattern: string;
  readonly listener: Listener<unknown>;
  readonly order: number;
  readonly once: boolean;
  readonly queued: boolean;
  readonly name: string;
  readonly sequence: number;
}

interface Failure {
  readonly listener: string;
  readonly error: unknown;
}

/** The bus of one process. @internal */
export class LocalEventBus implements EventBus {
  #registrations: readonly Registration[] = [];
  // By event name, so that emitting costs one look-up; dropped whenever the listeners change.
  readonly #matching = new Map<string, readonly Registration[]>();
  readonly #background = new Set<Promise<void>>();
  readonly #logger: () => Logger;
  readonly #clock: Clock;
  #sequence = 0;
  #closed = false;

  constructor(logger: () => Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  async emit<T>(event: Event<T>, ...[payload]: PayloadArgument<T>): Promise<void> {
    const info = this.#describe(event.name);
    const called = this.#match(event.name);
    const failures = await this.#call(called, payload, info);
    if (failures.length > 0) throw toError(event.name, called.length, failures);
  }

  publish<T>(event: Event<T>, ...[payload]: PayloadArgument<T>): void {
    if (this.#closed) throw SERVICE_ERRORS.EVENT_CLOSED({ event: event.name });
    const called = this.#match(event.name);
    if (called.length === 0) return;
    const info = this.#describe(event.name);
    this.#track(() => this.#call(called, payload, info), event.name);
  }

  on<T>(event: Event<T> | string, listener: Listener<T>, options: ListenOptions = {}): () => void {
    const registration: Registration = {
      pattern: checkPattern(typeof event === 'string' ? event : event.name),
      listener: listener as Listener<unknown>,
      order: options.order ?? 0,
      once: options.once ?? false,
      queued: options.queued ?? false,
      name: options.name ?? (listener.name || 'anonymous listener'),
      sequence: this.#sequence++,
    };
    this.#change([...this.#registrations, registration].sort((a, b) => a.order - b.order || a.sequence - b.sequence));
    return () => this.#remove(registration);
  }

  next<T>(event: Event<T>, options: { readonly signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = (): void => {
        remove();
        reject(signal!.reason);
      };
      const remove = this.on(
        event,
        (payload) => {
          signal?.removeEventListener('abort', abort);
          resolve(payload);
        },
        { once: true, order: Infinity, name: 'next()' },
      );
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  listenerCount<T>(event: Event<T> | string): number {
    return this.#match(typeof event === 'string' ? event : event.name).length;
  }

  /** Resolves when no listener runs in the background any more, those included that start meanwhile. */
  async idle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  /** Refuses further background events. */
  close(): void {
    this.#closed = true;
  }

  async #call(called: readonly Registration[], payload: unknown, info: EventInfo): Promise<Failure[]> {
    const failures: Failure[] = [];
    for (const registration of called) {
      if (registration.once && !this.#remove(registration)) continue;
      if (registration.queued) {
        this.#track(() => this.#callOne(registration, payload, info), info.name);
        continue;
      }
      failures.push(...(await this.#callOne(registration, payload, info)));
    }
    return failures;
  }

  async #callOne({ listener, name }: Registration, payload: unknown, info: EventInfo): Promise<Failure[]> {
    try {
      await listener(payload, info);
      return [];
    } catch (error) {
      return [{ listener: name, error }];
    }
  }

  // Nobody waits for it, so it does not end with those who would: a request that is aborted has caused it all the same.
  #track(work: () => Promise<readonly Failure[]>, event: string): void {
    const begun = runUninterrupted(() => Promise.resolve().then(work));
    const tracked = begun.then((failures) => {
      for (const { listener, error } of failures) {
        this.#logger().error({ event, listener, err: error }, 'An event listener failed in the background.');
      }
      this.#background.delete(tracked);
    });
    this.#background.add(tracked);
  }

  #match(name: string): readonly Registration[] {
    let found = this.#matching.get(name);
    if (found === undefined) {
      found = this.#registrations.filter(
        ({ pattern }) => pattern === name || pattern === '*' || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -1))),
      );
      this.#matching.set(name, found);
    }
    return found;
  }

  #remove(registration: Registration): boolean {
    if (!this.#registrations.includes(registration)) return false;
    this.#change(this.#registrations.filter((other) => other !== registration));
    return true;
  }

  #change(registrations: readonly Registration[]): void {
    this.#registrations = registrations;
    this.#matching.clear();
  }

  #describe(name: string): EventInfo {
    return { name, id: newId(), at: this.#clock.now() };
  }
}

function toError(event: string, total: number, failures: readonly Failure[]): Error {
  const messages = failures
    .map(({ listener, error }) => `${listener}: ${error instanceof Error ? error.message : String(error)}`)
    .join('; ');
  const cause = new AggregateError(
    failures.map(({ error }) => error),
    `${failures.length} listeners of ${event} failed.`,
  );
  return SERVICE_ERRORS.EVENT_LISTENERS({ failed: failures.length, total, event, messages }, { cause });
}
