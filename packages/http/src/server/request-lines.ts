import type { LogLevel } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { RequestLogOptions } from './request-log-options.js';

/** What boot decided about the lines of requests. */
export interface RequestLines {
  /** By status. */
  readonly levels: readonly LogLevel[];
  /** Milliseconds; infinite where nothing is slow. */
  readonly slow: number;
  /** What the options add to a line; `null` without any. */
  readonly extra: ((context: RouteContext) => object) | null;
  /** Whether requests of a route with this pattern get a line. */
  readonly logs: (pattern: string) => boolean;
}

const LEVELS: ReadonlySet<unknown> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

/** Reads the options. Throws `HTTP_REQUEST_LOG` where they make no sense. */
export function readRequestLines(options: boolean | RequestLogOptions = {}): RequestLines {
  const { ignore = [], slow = Infinity, level, ip = false, headers = [], fields } = typeof options === 'object' ? options : {};
  if (!(slow >= 0)) throw HTTP_ERRORS.REQUEST_LOG({ reason: `slow is ${String(slow)}, which is no number of milliseconds` });
  const bad = ignore.find((pattern) => !pattern.startsWith('/'));
  if (bad !== undefined) throw HTTP_ERRORS.REQUEST_LOG({ reason: `ignore holds ${JSON.stringify(bad)}, which does not begin with "/"` });
  const exact = new Set(ignore);
  const below = ignore.flatMap((pattern) => (pattern.endsWith('/*') ? [pattern.slice(0, -1)] : []));
  return {
    levels: Array.from({ length: 600 }, (_, status) => levelOf(status, level)),
    slow,
    extra: !ip && headers.length === 0 && fields === undefined ? null : createExtra(ip, headers, fields),
    logs: (pattern) => !exact.has(pattern) && !below.some((start) => pattern.startsWith(start) || `${pattern}/` === start),
  };
}

function levelOf(status: number, level: RequestLogOptions['level']): LogLevel {
  // What is not implemented, or of another version of HTTP, clients ask for.
  const standard = status >= 500 && status !== 501 && status !== 505 ? 'error' : 'info';
  if (level === undefined || status < 200) return standard;
  const chosen =
    typeof level === 'function' ? level(status) : (level[status] ?? level[`${Math.floor(status / 100)}xx` as '2xx'] ?? standard);
  if (!LEVELS.has(chosen)) throw HTTP_ERRORS.REQUEST_LOG({ reason: `the level of ${status} is ${JSON.stringify(chosen)}` });
  return chosen;
}

function createExtra(ip: boolean, headers: readonly string[], fields: RequestLogOptions['fields']): (context: RouteContext) => object {
  const names = headers.map((name) => name.toLowerCase());
  return (context) => {
    const extra: Record<string, unknown> = fields === undefined ? {} : withoutReserved(fields(context));
    if (ip) extra['ip'] = context.ip;
    if (names.length > 0) extra['headers'] = headersOf(context, names);
    return extra;
  };
}

// pino would write these a second time, and the second counts when the line is parsed.
const reserved: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'msg', 'hostname', '__proto__']);

function withoutReserved(fields: object): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (!reserved.has(name)) clean[name] = value;
  return clean;
}

function headersOf(context: RouteContext, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = context.header(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
