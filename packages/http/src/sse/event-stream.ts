import { iteratorOf } from '../reply/iterator-of.js';
import type { RouteContext } from '../request/http-context.js';
import { countStreams } from './count-streams.js';
import type { EventSource, EventStreamOptions, PlainEvent } from './events.js';
import type { EventWriter } from './event-writer.js';

const HEARTBEAT = 15_000;
const beat = ':\n\n';

/** Makes the body of a reply from a source of events: the head goes out at once, silence is filled, the source is ended with the client. */
export function eventStream(
  write: EventWriter,
  options: EventStreamOptions,
): (source: EventSource<PlainEvent>, context: RouteContext) => AsyncIterable<string> {
  const count = countStreams(options.perUser ?? 6);
  const every = options.heartbeat ?? HEARTBEAT;
  return (source, context) => {
    const leave = count(context);
    // Proxies must pass each event on as it comes.
    context.setHeader('X-Accel-Buffering', 'no');
    if (!context.plan?.guards) context.setHeader('Cache-Control', 'no-cache');
    return new EventText(source, write, every, options.retry, context.server.draining.signal, leave);
  };
}

/** The text of a stream of events, piece by piece. */
class EventText implements AsyncIterableIterator<string> {
  readonly #iterator: AsyncIterator<PlainEvent>;
  /** The next event, asked for but not yet there. */
  #waiting: Promise<IteratorResult<PlainEvent>> | undefined;
  #started = false;
  #ended = false;

  constructor(
    source: EventSource<PlainEvent>,
    private readonly write: EventWriter,
    private readonly heartbeat: number,
    private readonly retry: number | undefined,
    private readonly draining: AbortSignal,
    private readonly leave: () => void,
  ) {
    this.#iterator = iteratorOf(source);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string>> {
    if (this.#ended) return { done: true, value: undefined };
    if (!this.#started) {
      // The head waits for the first piece, and the first event may be long in coming.
      this.#started = true;
      return { done: false, value: this.retry === undefined ? beat : `retry: ${this.retry}\n\n` };
    }
    try {
      this.#waiting ??= this.#iterator.next();
      const next = await this.#nextOrSilence(this.#waiting);
      if (next === 'silence') return { done: false, value: beat };
      if (next === 'draining') return await this.return();
      this.#waiting = undefined;
      if (next.done === true) return this.#end();
      return { done: false, value: this.write(next.value) };
    } catch (error) {
      void this.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<string>> {
    const ended = this.#end();
    // A source that waits for its next event cannot be ended before it comes; nobody waits for that.
    void Promise.resolve(this.#iterator.return?.()).catch(ignore);
    this.#waiting?.catch(ignore);
    return ended;
  }

  #end(): IteratorResult<string> {
    if (!this.#ended) this.leave();
    this.#ended = true;
    return { done: true, value: undefined };
  }

  #nextOrSilence(waiting: Promise<IteratorResult<PlainEvent>>): Promise<IteratorResult<PlainEvent> | 'silence' | 'draining'> {
    const { draining, heartbeat } = this;
    if (draining.aborted) return Promise.resolve('draining');
    return new Promise((resolve) => {
      const settle = (outcome: Promise<IteratorResult<PlainEvent>> | 'silence' | 'draining') => {
        clearTimeout(timer);
        draining.removeEventListener('abort', onDrain);
        resolve(outcome);
      };
      const onDrain = () => settle('draining');
      const timer = heartbeat > 0 ? setTimeout(settle, heartbeat, 'silence') : undefined;
      draining.addEventListener('abort', onDrain);
      const onEvent = () => settle(waiting);
      waiting.then(onEvent, onEvent);
    });
  }
}

function ignore(): void {}
