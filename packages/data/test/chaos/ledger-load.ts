import { AsyncLocalStorage } from 'node:async_hooks';
import { isAppError } from '@plinth/core';
import { type Database, integer, queryChannel, type QueryEvent, table, text } from '@plinth/data';

/** Two rows for each transaction, both or neither; one for a write on its own. */
export const ledger = table('ledger', { pair: integer(), side: text({ max: 10 }), kind: text({ max: 10 }) }, { primary: ['pair', 'side'] });
export const createLedger =
  'create table ledger (pair integer not null, side varchar(10) not null, kind varchar(10) not null, primary key (pair, side))';

/** What the caller of one piece of work was told. */
type Told = 'acknowledged' | 'refused' | 'unknown' | 'rolled back';

/** What the load has seen so far. */
export interface LoadReport {
  readonly told: ReadonlyMap<number, { readonly kind: Kind; readonly told: Told }>;
  /** Milliseconds of the slowest answer, and of what it was the answer. */
  readonly slowest: { readonly ms: number; readonly what: string };
  /** Errors that were no typed errors of this package. */
  readonly untyped: ReadonlySet<string>;
  /** Callbacks of transactions that ran although the server had not answered their BEGIN. */
  readonly withoutBegin: number;
  /** How often each code was seen. */
  readonly codes: ReadonlyMap<string, number>;
}

type Kind = 'pair' | 'undone' | 'single' | 'read';
const enough = new Error('rolled back on purpose');

/** Callers that write pairs, single rows and rows that are rolled back, without a rest, and remember what they were told. */
export class LedgerLoad {
  readonly #told = new Map<number, { kind: Kind; told: Told }>();
  readonly #codes = new Map<string, number>();
  readonly #untyped = new Set<string>();
  /** Whether BEGIN was answered, for each call. */
  readonly #calls = new AsyncLocalStorage<{ begun: boolean }>();
  readonly #listen = (message: unknown): void => {
    const { sql, error } = message as QueryEvent;
    const call = this.#calls.getStore();
    if (call !== undefined && error === undefined && /^(?:begin|start transaction)/.test(sql)) call.begun = true;
  };
  #withoutBegin = 0;
  #slowest = { ms: 0, what: 'nothing' };
  #next = 1;
  #running = true;
  #paused: Promise<void> | undefined;
  #inFlight = 0;
  #idle: (() => void) | undefined;
  #success: (() => void)[] = [];
  readonly #callers: Promise<void>[];

  constructor(
    private readonly db: Database,
    callers: number,
  ) {
    queryChannel.subscribe(this.#listen);
    this.#callers = Array.from({ length: callers }, () => this.#call());
  }

  get report(): LoadReport {
    return { told: this.#told, slowest: this.#slowest, untyped: this.#untyped, withoutBegin: this.#withoutBegin, codes: this.#codes };
  }

  /** Milliseconds to the next write that is acknowledged, or to the end of `limit`. */
  acknowledged(limit: number): Promise<number> {
    const started = performance.now();
    return within(limit, new Promise<void>((resolve) => this.#success.push(resolve))).then(() => Math.round(performance.now() - started));
  }

  /** Lets every call that runs come to its end, in `limit` ms at most, and begins no other one until `resume` is called. */
  async calm(limit: number): Promise<{ unanswered: number; resume: () => void }> {
    let resume!: () => void;
    this.#paused = new Promise((resolve) => (resume = resolve));
    if (this.#inFlight > 0) await within(limit, new Promise<void>((resolve) => (this.#idle = resolve)));
    return { unanswered: this.#inFlight, resume: () => ((this.#paused = undefined), resume()) };
  }

  async stop(limit: number): Promise<void> {
    this.#running = false;
    await within(limit, Promise.all(this.#callers));
    queryChannel.unsubscribe(this.#listen);
  }

  async #call(): Promise<void> {
    while (this.#running) {
      await this.#paused;
      this.#inFlight++;
      const chance = Math.random();
      const kind: Kind = chance < 0.6 ? 'pair' : chance < 0.75 ? 'undone' : chance < 0.9 ? 'single' : 'read';
      await this.#once(this.#next++, kind);
      this.#inFlight--;
      if (this.#inFlight === 0) this.#idle?.();
      // A service would not answer the next request at once either.
      await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 10));
    }
  }

  async #once(pair: number, kind: Kind): Promise<void> {
    const started = performance.now();
    let code = 'done';
    try {
      await this.#calls.run({ begun: false }, () => this.#work(pair, kind));
      this.#told.set(pair, { kind, told: 'acknowledged' });
      if (kind !== 'read') for (const resolve of this.#success.splice(0)) resolve();
    } catch (error) {
      code = error === enough ? 'undone' : this.#note(error);
      this.#told.set(pair, { kind, told: error === enough ? 'rolled back' : isUnknown(kind, code) ? 'unknown' : 'refused' });
    }
    const ms = performance.now() - started;
    if (ms > this.#slowest.ms) this.#slowest = { ms, what: `${kind}: ${code}` };
  }

  async #work(pair: number, kind: Kind): Promise<void> {
    const rows = this.db.repository(ledger);
    if (kind === 'read') return void (await rows.findMany({ where: { pair }, limit: 2 }));
    if (kind === 'single') return void (await rows.insert({ pair, side: 'single', kind }));
    await this.db.transaction(async () => {
      if (this.#calls.getStore()?.begun !== true) this.#withoutBegin++;
      const debit = rows.insert({ pair, side: 'debit', kind });
      if (pair % 2 === 0) await debit;
      const credit = rows.insert({ pair, side: 'credit', kind });
      await Promise.all([debit, credit]);
      if (kind === 'undone') throw enough;
    });
  }

  #note(error: unknown): string {
    if (!isAppError(error) || !error.code.startsWith('DATA_')) {
      this.#untyped.add(String(error));
      return 'untyped';
    }
    this.#codes.set(error.code, (this.#codes.get(error.code) ?? 0) + 1);
    return error.code;
  }
}

function within(limit: number, event: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, limit)));
  return Promise.race([late, event.then(() => undefined)]).finally(() => clearTimeout(timer));
}

/** A COMMIT without an answer is unknown; so is a write on its own whose connection was lost. Everything else is a promise that nothing was written. */
function isUnknown(kind: Kind, code: string): boolean {
  return code === 'DATA_COMMIT_UNKNOWN' || (kind === 'single' && (code === 'DATA_CONNECTION_LOST' || code === 'DATA_TIMEOUT'));
}
