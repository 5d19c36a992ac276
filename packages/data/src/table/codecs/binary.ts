import { accept, refuseLength, refuseType, type Codec } from '../codec.js';

/** Bytes, as `Uint8Array`. */
export function bytesCodec(max?: number): Codec {
  return {
    type: 'bytes',
    ordered: false,
    jsonSchema: { type: 'string', contentEncoding: 'base64' },
    check(value) {
      if (!(value instanceof Uint8Array)) return refuseType('a Uint8Array');
      return max !== undefined && value.byteLength > max ? refuseLength(max, 'bytes') : accept(new Uint8Array(value));
    },
    toDriver: (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    fromDriver: (raw) => (raw instanceof Uint8Array ? new Uint8Array(raw) : undefined),
    sqlType(dialect) {
      if (dialect === 'postgres') return 'bytea';
      if (dialect === 'sqlite') return 'blob';
      return max !== undefined && max <= 16_000 ? `varbinary(${max})` : 'longblob';
    },
    limited: () => bytesCodec(max ?? 255),
  };
}

/** A JSON value; `null` at the top is SQL's NULL. `schema` is its JSON Schema for contracts. */
export function jsonCodec(schema: Readonly<Record<string, unknown>> = {}): Codec {
  return {
    type: 'json',
    ordered: false,
    jsonSchema: schema,
    check(value) {
      const text = stringify(value);
      if (text === undefined) return refuseType('a value that JSON can hold, without NUL and lone surrogates');
      // What is handed back is what was stored: a copy, without what JSON leaves out.
      return accept(JSON.parse(text));
    },
    toDriver: (value: unknown) => JSON.stringify(value),
    fromDriver(raw, dialect) {
      // pg has parsed it already; a text that is parsed twice would change.
      if (dialect === 'postgres') return raw;
      if (typeof raw !== 'string') return undefined;
      try {
        return JSON.parse(raw) as unknown;
      } catch {
        return undefined;
      }
    },
    sqlType: (dialect) => ({ postgres: 'jsonb', mysql: 'json', sqlite: 'text' })[dialect],
  };
}

function stringify(value: unknown): string | undefined {
  try {
    const text: string | undefined = JSON.stringify(value);
    // jsonb refuses NUL, and JSON.stringify writes lone surrogates as escapes that jsonb refuses as well.
    return text === undefined || text === 'null' || /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
