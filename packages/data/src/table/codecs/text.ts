import { accept, refuseLength, refuseType, type Codec } from '../codec.js';

const longestKey = 255;

/** Text of up to `max` characters (Unicode code points); as a key at most 255 unless `max` says more. */
export function textCodec(max?: number): Codec {
  const expected = 'text without NUL and without lone surrogates';
  return {
    type: 'text',
    ordered: true,
    textual: true,
    jsonSchema: { type: 'string', ...(max !== undefined && { maxLength: max }) },
    check(value) {
      if (typeof value !== 'string') return refuseType('text');
      // PostgreSQL cannot store NUL; a lone surrogate would come back as another character.
      if (value.includes('\0') || !isWellFormed(value)) return refuseType(expected);
      if (max !== undefined && value.length > max && lengthOf(value) > max) return refuseLength(max, 'characters');
      return accept(value);
    },
    toDriver: (value: string) => value,
    fromDriver: (raw) => (typeof raw === 'string' ? raw : undefined),
    sqlType(dialect) {
      if (dialect === 'sqlite') return 'text';
      if (max === undefined) return dialect === 'mysql' ? 'longtext' : 'text';
      return max <= 16_000 ? `varchar(${max})` : dialect === 'mysql' ? 'longtext' : 'text';
    },
    limited: () => textCodec(max ?? longestKey),
  };
}

/** One of a list of texts. */
export function enumCodec(values: readonly string[]): Codec {
  const longest = Math.max(...values.map((value) => value.length));
  return {
    type: 'enum',
    ordered: true,
    jsonSchema: { type: 'string', enum: [...values] },
    check: (value) => (typeof value === 'string' && values.includes(value) ? accept(value) : refuseType(`one of ${values.join(', ')}`)),
    toDriver: (value: string) => value,
    fromDriver: (raw) => (typeof raw === 'string' && values.includes(raw) ? raw : undefined),
    sqlType: (dialect) => (dialect === 'sqlite' ? 'text' : `varchar(${longest})`),
    checkSql: (column) => `${column} in (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`,
  };
}

/** A UUID (RFC 9562) in lower case. */
export function uuidCodec(generate: () => string): Codec {
  return {
    type: 'uuid',
    ordered: true,
    jsonSchema: { type: 'string', format: 'uuid' },
    check: (value) => (typeof value === 'string' && uuid.test(value) ? accept(value.toLowerCase()) : refuseType('a UUID')),
    toDriver: (value: string) => value,
    fromDriver: (raw) => (typeof raw === 'string' && uuid.test(raw) ? raw.toLowerCase() : undefined),
    sqlType: (dialect) => ({ postgres: 'uuid', mysql: 'char(36)', sqlite: 'text' })[dialect],
    generate,
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** The number of code points: what the databases count. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
