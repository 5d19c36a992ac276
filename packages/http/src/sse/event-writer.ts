import type { Schema } from '@plinth/validation';
import type { SerializerCompiler } from '../contract/media-type.js';
import { HTTP_ERRORS } from '../errors.js';
import type { PlainEvent } from './events.js';

/** Writes one event as text. Throws `HTTP_EVENT` for an event that was not declared, or data that its schema or JSON cannot hold. */
export type EventWriter = (event: PlainEvent) => string;

/** A writer for the declared events of a route, `name` for messages; without declared events, of anything. */
export function createEventWriter(
  schemas: { readonly [name: string]: Schema } | undefined,
  compiler: SerializerCompiler,
  name: string,
): EventWriter {
  const serializers =
    schemas === undefined
      ? undefined
      : new Map(
          Object.entries(schemas).map(([event, schema]) => [
            event,
            compiler.compileSerializer(schema, { name: `event ${event} of ${name}` }),
          ]),
        );
  return (event) => {
    if (typeof event !== 'object' || event === null)
      throw HTTP_ERRORS.EVENT({ route: name, reason: `an event is an object, not ${typeof event}` });
    return textOf(event, serializers === undefined ? plainText(event.data, name) : declaredText(event, serializers, name));
  };
}

function declaredText(event: PlainEvent, serializers: ReadonlyMap<string, (value: unknown) => string>, name: string): string {
  const serialize = serializers.get(String(event.event));
  if (serialize === undefined) {
    const declared = [...serializers.keys()].join(', ');
    throw HTTP_ERRORS.EVENT({ route: name, reason: `it is called ${JSON.stringify(event.event)}; declared: ${declared}` });
  }
  try {
    return serialize(event.data);
  } catch (cause) {
    throw HTTP_ERRORS.EVENT({ route: name, reason: `the data of "${event.event}" breaks its schema` }, { cause });
  }
}

function plainText(data: unknown, name: string): string {
  if (typeof data === 'string') return data;
  try {
    return JSON.stringify(data) ?? '';
  } catch (cause) {
    throw HTTP_ERRORS.EVENT({ route: name, reason: 'its data cannot be written as JSON' }, { cause });
  }
}

// A line break would end a field, and what follows it would be a field of the sender's choice.
const breaks = /[\r\n\0]/g;

function textOf({ event, id, retry }: PlainEvent, data: string): string {
  let text = '';
  if (event !== undefined) text += `event: ${event.replace(breaks, '')}\n`;
  if (id !== undefined) text += `id: ${id.replace(breaks, '')}\n`;
  if (retry !== undefined && Number.isSafeInteger(retry) && retry >= 0) text += `retry: ${retry}\n`;
  for (const line of data.split(/\r\n|\r|\n/)) text += `data: ${line}\n`;
  return `${text}\n`;
}
