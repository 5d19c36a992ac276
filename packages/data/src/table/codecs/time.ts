import { types } from 'node:util';
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
      // What the date holds, whatever a subclass says; a Proxy or an object made to look like one holds nothing.
      const time = types.isDate(value) ? Date.prototype.getTime.call(value) : Number.NaN;
      if (Number.isNaN(time)) return refuseType('a valid Date');
      // The years that MySQL and MariaDB accept; the same everywhere.
      return time < earliest || time > latest ? refuseRange('a Date from the year 1000 to 9999') : accept(new Date(time));
    },
    toDriver(value: Date, dialect) {
      const time = value.getTime();
      return `${dayOf(time)}${dialect === 'mysql' ? ' ' : 'T'}${timeOf(time)}${dialect === 'mysql' || dialect === 'mssql' ? '' : 'Z'}`;
    },
    fromDriver(raw) {
      const date = raw instanceof Date ? raw : typeof raw === 'string' ? new Date(zoned(raw)) : undefined;
      return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
    },
    fromJson: (text) => (typeof text === 'string' ? new Date(text) : text),
    sqlType: (dialect) => ({ postgres: 'timestamptz(3)', mysql: 'datetime(3)', sqlite: 'text', mssql: 'datetime2(3)' })[dialect],
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
    fromDriver(raw) {
      // SQL Server's driver reads days as midnight in UTC.
      if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? undefined : raw.toISOString().slice(0, 10);
      return typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}/.test(raw) ? raw.slice(0, 10) : undefined;
    },
    sqlType: (dialect) => (dialect === 'sqlite' ? 'text' : 'date'),
  };
}

/** A time of day to the second, as `'HH:MM:SS'`, from 00:00:00 to 23:59:59; it has no time zone. */
export function timeCodec(): Codec {
  return {
    type: 'time',
    ordered: true,
    jsonSchema: { type: 'string', pattern: '^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$' },
    check: (value) => (typeof value === 'string' && timeOfDay.test(value) ? accept(value) : refuseType("a time of day as 'HH:MM:SS'")),
    toDriver: (value: string) => value,
    fromDriver(raw) {
      const text = raw instanceof Date && !Number.isNaN(raw.getTime()) ? raw.toISOString().slice(11, 19) : raw;
      return typeof text === 'string' && timeOfDay.test(text) ? text : undefined;
    },
    sqlType: (dialect) => ({ postgres: 'time(0)', mysql: 'time', sqlite: 'text', mssql: 'time(0)' })[dialect],
  };
}

const dayLength = 86_400_000;
let lastDay = Number.NaN;
let lastText = '';

/** `YYYY-MM-DD` in UTC. Rows that are written together are mostly of one day, and writing it anew is slow. */
function dayOf(time: number): string {
  const day = Math.floor(time / dayLength);
  if (day !== lastDay) {
    lastText = new Date(time).toISOString().slice(0, 10);
    lastDay = day;
  }
  return lastText;
}

const padded = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

/** `HH:MM:SS.sss` in UTC. */
function timeOf(time: number): string {
  const rest = time - Math.floor(time / dayLength) * dayLength;
  const seconds = Math.floor(rest / 1_000);
  const minutes = Math.floor(seconds / 60);
  const hours = two[Math.floor(minutes / 60)]!;
  return `${hours}:${two[minutes % 60]!}:${two[seconds % 60]!}.${padded[rest % 1_000]!}`;
}

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

function zoned(text: string): string {
  const iso = text.includes('T') ? text : text.replace(' ', 'T');
  return /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(iso) ? iso : `${iso}Z`;
}
