import { type AppError, isAppError, type RequestContext } from '@plinth/core';
import type { Connection, Dialect, Done, Result, Statement } from '../dialect/dialect.js';
import type { Pool } from './pool.js';
import { requestEnded } from './request-end.js';
import type { Outstanding, StatementWatch } from './statement-watch.js';

/** What a pipeline needs of its executor. */
export interface PipelineSetting {
  readonly dialect: Dialect;
  readonly pool: Pool;
  readonly watch: StatementWatch;
}

/** What a statement fails with when the server undid it in place of the one before it: a read, which is to run again, by itself. */
export const hitByMistake: unique symbol = Symbol('plinth.hit');

// Most statements on one connection. What is behind a slow one came within the few milliseconds before that shows.
const mostDepth = 320;
// From this depth on another connection joins, where there is one.
const fullDepth = 16;
// Most connections that are shared; more than this gains nothing, and transactions need their own.
const mostLanes = 4;
// Milliseconds, beyond the way to the server and back. Nothing is put behind a statement that has run for longer.
const freshness = 5;
// A text that took this long, and was seen by this many looks of the watch, several times in a row, keeps to a connection of its own for a while, so that others need not wait behind it.
const slow = 50;
const slowLooks = 3;
const slowTimes = 3;
// Times this close to each other count once: then the server was slow, not the text.
const sameStall = 250;
const slowFor = 60_000;
const mostSlowTexts = 1_000;

/** A connection that several callers share: each statement is answered, or fails, by itself and in order. */
interface Lane {
  readonly connection: Connection;
  /** In the order they were sent; the first is the one that runs. */
  readonly statements: LaneStatement[];
  /** Being cancelled: nothing is added, and what was hit by mistake runs again. */
  cancelling: Promise<void> | undefined;
}

/** Runs reads outside of transactions over few connections, without waiting for the answer to one before sending the next. */
export class Pipeline {
  readonly #lanes: Lane[] = [];
  readonly #slowTexts = new Map<string, { times: number; at: number }>();
  /** The shortest time of late from sending a statement to its answer, in milliseconds. */
  #roundTrip = 1;
  readonly #most: number;

  constructor(private readonly setting: PipelineSetting) {
    // Half of the pool at most, so that transactions find connections of their own.
    this.#most = Math.min(mostLanes, Math.floor(setting.pool.use.max / 2));
  }

  /** Whether a statement may run on a shared connection. */
  takes(statement: Statement): boolean {
    return this.setting.dialect.pipelines!(statement) && !this.#isSlow(statement.sql, performance.now());
  }

  /** The answer of a statement on a shared connection, or undefined where it must have one of its own. */
  run(statement: Statement, request: RequestContext | undefined): Promise<Result> | undefined {
    const now = performance.now();
    if (this.#isSlow(statement.sql, now)) return undefined;
    const lane = this.#laneAt(now);
    return lane === undefined ? undefined : this.#send(lane, statement, request, now);
  }

  /** Shares a connection that was acquired, and runs a statement on it; undefined where enough are shared. */
  share(connection: Connection, statement: Statement, request: RequestContext | undefined): Promise<Result> | undefined {
    const now = performance.now();
    if (this.#lanes.length >= this.#most || this.#isSlow(statement.sql, now)) return undefined;
    return this.#send(this.#open(connection), statement, request, now);
  }

  #laneAt(now: number): Lane | undefined {
    let best: Lane | undefined;
    for (const lane of this.#lanes) {
      const { length } = lane.statements;
      if (length >= mostDepth || lane.cancelling !== undefined || lane.connection.broken) continue;
      const first = lane.statements[0]!;
      // Seen by the watch, so that the time is not just our own: answers are read between two looks.
      if (first.looks > 0 && now - first.since > freshness + 2 * this.#roundTrip) continue;
      if (best === undefined || length < best.statements.length) best = lane;
    }
    if (best !== undefined && best.statements.length < fullDepth) return best;
    const { pool } = this.setting;
    const idle = this.#lanes.length < this.#most ? pool.takeIdle() : undefined;
    if (idle !== undefined) return this.#open(idle);
    // Where the pool may still grow, one statement at a time waits for a new connection, and shares it.
    return best !== undefined && this.#lanes.length < this.#most && pool.growing === 0 && pool.use.open < pool.use.max ? undefined : best;
  }

  #open(connection: Connection): Lane {
    const lane: Lane = { connection, statements: [], cancelling: undefined };
    this.#lanes.push(lane);
    return lane;
  }

  #send(lane: Lane, statement: Statement, request: RequestContext | undefined, now: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      const out = new LaneStatement(lane, statement, request, now, this.setting.watch.limits.patience, resolve, reject);
      lane.statements.push(out);
      this.setting.watch.add(out);
      const done: Done = (error, result) => (result === undefined ? this.#failed(out, error) : this.#answered(out, result));
      try {
        lane.connection.send!(statement, done);
      } catch (error) {
        done(error);
      }
    });
  }

  #answered(out: LaneStatement, result: Result): void {
    const now = performance.now();
    const { pool, watch } = this.setting;
    const awaited = watch.settle(out, now);
    pool.heard(now);
    this.#learn(out, now);
    this.#leave(out, now);
    if (awaited) out.resolve(result);
  }

  #failed(out: LaneStatement, error: unknown): void {
    const now = performance.now();
    const { dialect, watch } = this.setting;
    const awaited = watch.settle(out, now);
    const { cancelling, connection } = out.lane;
    this.#leave(out, now);
    if (!awaited) return;
    if (cancelling === undefined && out.endedAt === 0) return out.reject(error);
    const { code } = isAppError(error) ? error : dialect.toFailure(error);
    if (code !== 'DATA_TIMEOUT') return out.reject(error);
    if (out.endedAt !== 0) return out.reject(requestEnded(out.reason));
    out.reject(cancelling === undefined || connection.broken ? error : hitByMistake);
  }

  /** Takes a statement out; a connection on which nothing runs any more goes back into the pool. */
  #leave(out: LaneStatement, now: number): void {
    const { lane } = out;
    const { statements } = lane;
    if (statements[0] === out) statements.shift();
    else statements.splice(statements.indexOf(out), 1);
    if (statements.length > 0) {
      const first = statements[0]!;
      first.since = now;
      first.looks = 0;
      if (statements.length < fullDepth && lane.cancelling === undefined) this.setting.pool.sendElsewhere();
      return;
    }
    this.#lanes.splice(this.#lanes.indexOf(lane), 1);
    if (lane.cancelling === undefined) this.setting.pool.release(lane.connection);
    else void lane.cancelling.then(() => this.setting.pool.release(lane.connection));
  }

  #isSlow(sql: string, now: number): boolean {
    if (this.#slowTexts.size === 0) return false;
    const found = this.#slowTexts.get(sql);
    return found !== undefined && found.times >= slowTimes && now - found.at < slowFor;
  }

  #learn({ statement: { sql }, since, sent, looks }: LaneStatement, now: number): void {
    // Only what was sent to a server that had nothing else to do tells how long the way is.
    if (since === sent) this.#roundTrip = Math.min(1.02 * this.#roundTrip, now - since);
    const found = this.#slowTexts.get(sql);
    if (looks < slowLooks || now - since < slow + 2 * this.#roundTrip) {
      if (found !== undefined) this.#slowTexts.delete(sql);
      return;
    }
    if (found !== undefined && now - found.at < sameStall) return;
    if (found === undefined && this.#slowTexts.size >= mostSlowTexts) this.#slowTexts.clear();
    this.#slowTexts.set(sql, { times: (found?.times ?? 0) + 1, at: now });
  }
}

class LaneStatement implements Outstanding {
  readonly connection: Connection;
  since: number;
  endedAt = 0;
  looks = 0;
  /** Why its request ended. */
  reason: unknown;
  #told = false;

  constructor(
    readonly lane: Lane,
    readonly statement: Statement,
    readonly request: RequestContext | undefined,
    readonly sent: number,
    public patience: number,
    readonly resolve: (result: Result) => void,
    readonly reject: (error: unknown) => void,
  ) {
    this.connection = lane.connection;
    this.since = sent;
  }

  end(reason: unknown): void {
    this.reason = reason;
    if (this.lane.statements[0] === this) {
      this.lane.cancelling ??= this.connection.cancel!();
      return;
    }
    // Only what runs can be cancelled: its caller is told now, and it is looked at again when its turn has come.
    this.endedAt = 0;
    if (!this.#told) this.reject(requestEnded(reason));
    this.#told = true;
  }

  giveUp(failure: AppError): void {
    this.reject(failure);
    // The others fail when the connection is closed.
    void this.connection.close();
  }
}
