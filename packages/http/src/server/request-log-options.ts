import type { LogLevel } from '@plinth/core';
import type { HttpContext } from '../contract/context-of.js';

/** A class of statuses, such as all those from 400 to 499. */
export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx';

/** What the line of a request says, and when there is one. */
export interface RequestLogOptions {
  /** Patterns of routes whose requests get no line, such as `/health/*` (all below) or `/orders/:id`. Faults of ours are logged all the same. */
  readonly ignore?: readonly string[];
  /** Milliseconds until the handler has answered from which on a line is a warning, with `slow: true`. Default: none. */
  readonly slow?: number;
  /** The level by status: a map, in which a status stands over its class, or a function that is asked once for each status. Default `info`, from 500 on `error`. */
  readonly level?: Readonly<Partial<Record<StatusClass | number, LogLevel>>> | ((status: number) => LogLevel);
  /** Whether the client's address is in the line. Default false: it is personal data. */
  readonly ip?: boolean;
  /** Request headers that are in the line, below `headers`; secrets are hidden as everywhere in the log. Default: none. */
  readonly headers?: readonly string[];
  /** Fields of one's own. What stands in the line already is not replaced. */
  readonly fields?: (context: HttpContext) => object;
}
