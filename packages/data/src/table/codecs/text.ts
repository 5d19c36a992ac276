import { accept, refuseLength, refuseType, type Codec } from '../codec.js';

const longestKey = 255;
/** SQL Server compares text without regard to case otherwise. */
const binaryCollation = 'collate Latin1_General_100_BIN2';

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
      if (!isStorable(value)) return refuseType(expected);
      // A character is at most two units: what is longer than that need not be counted.
      if (max !== undefined && value.length > max && (value.length > 2 * max || lengthOf(value) > max))
        return refuseLength(max, 'characters');
      return accept(value);
    },
    toDriver: (value: string) => value,
    fromDriver: (raw) => (typeof raw === 'string' ? raw : undefined),
    sqlType(dialect) {
      if (dialect === 'sqlite') return 'text';
      // SQL Server counts UTF-16 units: a character beyond the basic plane takes two.
      if (dialect === 'mssql') return `nvarchar(${max !== undefined && max <= 2_000 ? max * 2 : 'max'}) ${binaryCollation}`;
      if (max !== undefined && max <= 16_000) return `varchar(${max})`;
      return dialect === 'mysql' ? 'longtext' : 'text';
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
    sqlType(dialect) {
      if (dialect === 'mssql') return `nvarchar(${longest}) ${binaryCollation}`;
      return dialect === 'sqlite' ? 'text' : `varchar(${longest})`;
    },
    checkSql(column, dialect) {
      const mark = dialect === 'mssql' ? 'N' : '';
      // A backslash escapes in MySQL's texts.
      const escape = (value: string): string => (dialect === 'mysql' ? value.replaceAll('\\', '\\\\') : value).replaceAll("'", "''");
      return `${column} in (${values.map((value) => `${mark}'${escape(value)}'`).join(', ')})`;
    },
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
    // SQL Server's own uniqueidentifier sorts by its last bytes first, which would undo the order in time of a UUID v7.
    sqlType: (dialect) => ({ postgres: 'uuid', mysql: 'char(36)', sqlite: 'text', mssql: `char(36) ${binaryCollation}` })[dialect],
    generate,
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether every database gives a text back as it was: PostgreSQL cannot store NUL, and a lone surrogate would become another character. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && (text as string & { isWellFormed(): boolean }).isWellFormed();
}

/** The number of code points: what the databases count. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
