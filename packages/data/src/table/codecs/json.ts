import { accept, refuseRange, refuseType, type Codec } from '../codec.js';
import { isStorable } from './text.js';

// The databases' own limits lie between 31 levels (MariaDB's functions) and their stack; a tree deeper than this is a mistake.
const deepest = 500;

/** A JSON value; `null` at the top is SQL's NULL. `schema` is its JSON Schema for contracts. */
export function jsonCodec(schema: Readonly<Record<string, unknown>> = {}): Codec {
  return {
    type: 'json',
    ordered: false,
    jsonSchema: schema,
    check(value) {
      const fault = faultOf(value, 0);
      if (fault !== undefined) return fault === tooDeep ? refuseRange(fault) : refuseType(fault);
      // What is handed back is what was stored: a copy, without what JSON leaves out.
      return accept(JSON.parse(JSON.stringify(value)));
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
    // MariaDB's json is long text that refuses more than 31 levels, and MySQL's rewrites numbers: as text every value comes back.
    sqlType: (dialect) => ({ postgres: 'jsonb', mysql: 'longtext', sqlite: 'text', mssql: 'nvarchar(max)' })[dialect],
  };
}

const tooDeep = `a JSON value of at most ${deepest} levels, without cycles`;
const noText = 'JSON whose texts hold no NUL and no lone surrogates';

/** What a value holds that JSON would drop or change without a word, as a sentence of what is expected. */
function faultOf(value: unknown, level: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return isStorable(value) ? undefined : noText;
    case 'number':
      return Number.isFinite(value) ? undefined : 'JSON whose numbers are finite';
    case 'boolean':
      return undefined;
    case 'object':
      if (value === null) return level === 0 ? 'JSON other than null' : undefined;
      return level >= deepest ? tooDeep : faultOfParts(value, level + 1);
    default:
      return 'a value that JSON can hold: no bigint, function, symbol or undefined';
  }
}

function faultOfParts(value: object, level: number): string | undefined {
  if (Array.isArray(value)) {
    if (Object.hasOwn(value, 'toJSON')) return 'JSON of lists without toJSON()';
    for (let index = 0; index < value.length; index++) {
      const fault = faultOf(value[index], level);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (Object.prototype.toString.call(value) !== '[object Object]' || typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    return 'JSON of plain objects and lists: a Date, Map, Set, class with toJSON() or bytes would come back as something else';
  }
  for (const [key, part] of Object.entries(value)) {
    if (!isStorable(key)) return noText;
    // A property without a value is left out, as JSON does.
    const fault = part === undefined ? undefined : faultOf(part, level);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
