import { accept, refuseRange, refuseType, type Codec } from '../codec.js';

const earliest = Date.UTC(1000, 0, 1);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** An instant with milliseconds, as `Date`; stored in UTC whatever the process's or server's time zone. */
export function timestampCodec(): Codec {
  return {
    type: 'timestamp',
    ordered: true,
    jsonSchema: { type: 'string', format: 'date-time' },
    check(value) {
      if (!(value instanceof Date) || Number.isNaN(value.getTime())) return refuseType('a valid Date');
      const time = value.getTime();
      // The years that MySQL and MariaDB accept; the same everywhere.
      return time < earliest || time > latest ? refuseRange('a Date from the year 1000 to 9999') : accept(new Date(time));
    },
    toDriver: (value: Date, dialect) =>
      dialect === 'mysql' ? value.toISOString().replace('T', ' ').replace('Z', '') : value.toISOString(),
    fromDriver(raw) {
      const date = raw instanceof Date ? raw : typeof raw === 'string' ? new Date(zoned(raw)) : undefined;
      return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
    },
    sqlType: (dialect) => ({ postgres: 'timestamptz(3)', mysql: 'datetime(3)', sqlite: 'text' })[dialect],
  };
}

/** A calendar day, as `'YYYY-MM-DD'`; it has no time zone and never shifts. */
export function dateCodec(): Codec {
  return {
    type: 'date',
    ordered: true,
    jsonSchema: { type: 'string', format: 'date' },
    check(value) {
      if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return refuseType("a day as 'YYYY-MM-DD'");
      const time = Date.parse(`${value}T00:00:00Z`);
      if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) return refuseType("a day as 'YYYY-MM-DD' that exists");
      return time < earliest ? refuseRange('a day from the year 1000 to 9999') : accept(value);
    },
    toDriver: (value: string) => value,
    fromDriver: (raw) => (typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}/.test(raw) ? raw.slice(0, 10) : undefined),
    sqlType: (dialect) => (dialect === 'sqlite' ? 'text' : 'date'),
  };
}

function zoned(text: string): string {
  const iso = text.includes('T') ? text : text.replace(' ', 'T');
  return /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(iso) ? iso : `${iso}Z`;
}
