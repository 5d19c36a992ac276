import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AppError, currentContext, type RequestContext } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { QueryLogger } from './query-observer.js';

/** What is done about a statement that one request repeats. */
export interface NPlusOneRules {
  readonly action: 'warn' | 'throw';
  /** From how many times on. */
  readonly threshold: number;
}

/** Counts how often each request runs the same statement: a query per row of a list shows as one text, many times. */
export class NPlusOneDetector {
  readonly #counts = new WeakMap<RequestContext, Map<string, number>>();

  constructor(
    private readonly rules: NPlusOneRules,
    private readonly logger: QueryLogger | undefined,
  ) {}

  /** Counts a statement that is about to run, in the current request. Returns `DATA_N_PLUS_ONE` when it is one too many and shall not run. */
  count(sql: string, request: RequestContext | undefined = currentContext()): AppError | undefined {
    if (request === undefined) return undefined;
    let counts = this.#counts.get(request);
    if (counts === undefined) this.#counts.set(request, (counts = new Map()));
    const count = (counts.get(sql) ?? 0) + 1;
    counts.set(sql, count);
    const { action, threshold } = this.rules;
    if (action === 'throw') return count >= threshold ? this.#toError(sql, count) : undefined;
    if (count === threshold) this.#warn(sql, count, request);
    return undefined;
  }

  #toError(sql: string, count: number): AppError {
    const at = authorsLine();
    return DATA_ERRORS.N_PLUS_ONE({ count, sql, site: at === undefined ? '' : `It is asked for at ${at}.` });
  }

  #warn(sql: string, count: number, request: RequestContext): void {
    const at = authorsLine();
    this.logger?.warn(
      { sql, count, requestId: request.id, ...(at !== undefined && { at }) },
      `One request has run the same statement ${count} times${at === undefined ? '' : ` (${at})`}: load the rows together, with a list or with relations`,
    );
  }
}

// This package, from source or built: frames of it are not the author's.
const own = import.meta.url.replace(/\/(src|dist)\/[^]*$/, '/$1/');
const ownPath = own.startsWith('file:') ? fileURLToPath(own) : own;

/** Where the author's code asks for the statement: the innermost frame that belongs to no package. */
function authorsLine(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const { stack = '' } = new Error('here');
  Error.stackTraceLimit = limit;
  for (const frame of stack.split('\n').slice(1)) {
    const match = frame.match(/\(?((?:file:\/\/)?[^\s()]+?)(?:\?[^:]*)?:(\d+):\d+\)?$/);
    if (match === null) continue;
    const file = match[1]!.startsWith('file:') ? fileURLToPath(match[1]!) : match[1]!;
    if (file.startsWith('node:') || file.includes('node_modules') || file.startsWith(ownPath)) continue;
    const fromHere = relative(process.cwd(), file);
    return `${fromHere.startsWith('..') ? file : fromHere}:${match[2]}`;
  }
  return undefined;
}
