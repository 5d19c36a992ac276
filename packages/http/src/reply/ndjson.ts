import type { Infer, JsonSchema, Schema } from '@plinth/validation';
import { ENCODER, type EncodedType } from '../contract/media-type.js';
import { HTTP_ERRORS } from '../errors.js';
import { iteratorOf } from './iterator-of.js';
import { replyBreach } from '../route/reply-breach.js';

/** What a handler gives where the contract says `ndjson(...)`: values one after the other. An `async function*` is one; so are a list and a web stream. */
export type LineSource<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * Lines of JSON as a reply (`application/x-ndjson`), each item written by the schema, at the speed of the client. An item that breaks the
 * schema is an error like one of the source: 500 before the first line, a broken connection after it.
 *
 * @example
 * get('/orders/export', { open: true, returns: ndjson(Order) }, async function* () {
 *   for await (const order of orders.all()) yield order;
 * });
 */
export function ndjson<const S extends Schema>(item: S): EncodedType<LineSource<Infer<S>>> {
  return {
    mediaType: 'application/x-ndjson',
    [ENCODER]: {
      bind(compiler, name) {
        const serialize = compiler.compileSerializer(item, { name: `line of ${name}` });
        return (source, context) => {
          const { label } = context.plan as { label: string };
          if (typeof source === 'string' || !isIterable(source))
            throw HTTP_ERRORS.REPLY({ route: label, reason: 'ndjson(...) needs values one after the other, such as an async function*' });
          return new Lines(source, (value) => {
            try {
              return `${serialize(value)}\n`;
            } catch (cause) {
              throw replyBreach(label, 200, cause, value);
            }
          });
        };
      },
      // OpenAPI 3.1 has no words for a sequence: the schema of an item stands in an extension.
      describe: (add) => ({ type: 'string', description: 'One JSON value a line.', 'x-items': add(item) }) as JsonSchema,
    },
  };
}

function isIterable(source: unknown): source is LineSource<unknown> {
  if (typeof source !== 'object' || source === null) return false;
  return typeof (source as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function' || Symbol.iterator in source;
}

/** An iterator rather than a generator: leaving it reaches the source at once, also while it waits for its next value. */
class Lines implements AsyncIterableIterator<string> {
  readonly #iterator: AsyncIterator<unknown> | Iterator<unknown>;

  constructor(
    source: LineSource<unknown>,
    private readonly write: (value: unknown) => string,
  ) {
    this.#iterator = Symbol.asyncIterator in source ? iteratorOf(source) : source[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string>> {
    const step = await this.#iterator.next();
    return step.done === true ? { done: true, value: undefined } : { done: false, value: this.write(step.value) };
  }

  async return(): Promise<IteratorResult<string>> {
    await this.#iterator.return?.();
    return { done: true, value: undefined };
  }
}
