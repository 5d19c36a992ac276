import type { Infer, JsonSchema, Schema } from '@plinth/validation';
import { ENCODER, type EncodedType, type MediaEncoder } from '../contract/media-type.js';
import { checkOptions } from '../options/check-options.js';
import { ANY, MILLISECONDS_OR_NEVER, object } from '../options/option-rules.js';
import { createEventWriter } from './event-writer.js';
import { eventStream } from './event-stream.js';

/** The events of a stream by name, each with the schema of its data. */
export type EventSchemas = { readonly [name: string]: Schema };

/** What every event may have beside its name and data. */
export interface EventFields {
  /** What a client that lost the connection sends back as `Last-Event-ID`; line breaks and U+0000 are left out. */
  readonly id?: string;
  /** Milliseconds that a client waits before it connects again. */
  readonly retry?: number;
}

/** An event of a stream with declared events. */
export type EventOf<Events extends EventSchemas> = {
  readonly [Name in keyof Events & string]: EventFields & { readonly event: Name; readonly data: Infer<Events[Name]> };
}[keyof Events & string];

/** An event of a stream without declared events: a text is sent as it is, anything else as JSON. */
export interface PlainEvent extends EventFields {
  /** Without a name it is a `message`. */
  readonly event?: string;
  readonly data: unknown;
}

/** What a handler gives: events one after the other. An `async function*` is one. */
export type EventSource<Event> = AsyncIterable<Event> | ReadableStream<Event>;

/** How a stream of events is kept alive. */
export interface EventStreamOptions {
  /** Milliseconds of silence after which a comment is sent, so that proxies keep the connection and a client that has gone is noticed. Default 15,000; 0 for none. */
  readonly heartbeat?: number;
  /** Milliseconds that clients wait before they connect again, sent once at the start. */
  readonly retry?: number;
  /**
   * Streams that one user may hold open at this route; one more is a 429 (`HTTP_EVENT_STREAMS`). The user is known by the `id` of the fact
   * `user` that a guard gives; requests without it are not counted. Default 6; `false` for any number.
   */
  readonly perUser?: number | false;
}

const rules = object<EventStreamOptions>({ heartbeat: MILLISECONDS_OR_NEVER, retry: MILLISECONDS_OR_NEVER, perUser: ANY });

/**
 * Server-sent events as a reply (WHATWG HTML, 9.2), each written by the schema of its name. The stream ends with its source, when the
 * client goes away, and when the server stops. Throws `HTTP_OPTION` and `HTTP_LIMIT` for options that make no sense.
 *
 * @example
 * const feed = events({ placed: Order, cancelled: { type: 'object', properties: { id: { type: 'string' } } } });
 *
 * get('/orders/feed', { open: true, returns: feed }, async function* ({ signal }) {
 *   for await (const order of orders.placed(signal)) yield event('placed', order, { id: order.id });
 * });
 */
export function events<const Events extends EventSchemas>(
  schemas: Events,
  options?: EventStreamOptions,
): EncodedType<EventSource<EventOf<Events>>>;
/** Server-sent events with data of any kind. */
export function events(schemas?: undefined, options?: EventStreamOptions): EncodedType<EventSource<PlainEvent>>;
export function events(schemas: EventSchemas | undefined, options: EventStreamOptions = {}): EncodedType<EventSource<PlainEvent>> {
  const [wrong] = checkOptions(options, rules, 'events()');
  if (wrong !== undefined) throw wrong;
  return { mediaType: 'text/event-stream', [ENCODER]: encoderOf(schemas, options) };
}

function encoderOf(schemas: EventSchemas | undefined, options: EventStreamOptions): MediaEncoder<EventSource<PlainEvent>> {
  return {
    bind(compiler, name) {
      const write = createEventWriter(schemas, compiler, name);
      return eventStream(write, options);
    },
    describe: (add) => describe(schemas, add),
  };
}

// OpenAPI 3.1 knows no stream of items: the data of each event stands in an extension of the text's schema.
function describe(schemas: EventSchemas | undefined, add: (schema: Schema) => JsonSchema): JsonSchema {
  const text = { type: 'string', description: 'Server-sent events.' } as const;
  if (schemas === undefined) return text;
  return { ...text, 'x-events': Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, add(schema)])) } as JsonSchema;
}
