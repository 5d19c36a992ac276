import type { AppError, RequestContext } from '@plinth/core';
import type { Connection, Done, Result, Statement } from '../dialect/dialect.js';
import { ConnectionLost, QueryTimeout } from '../failure/database-errors.js';
import { endOf, requestEnded } from './request-end.js';
import type { ServerWatch } from './server-watch.js';

/** A statement that is out, and for whom. */
export interface Outstanding {
  readonly connection: Connection;
  /** When the server could begin with it, in milliseconds of `performance.now()`. */
  since: number;
  /** The request on whose end it is cancelled; undefined for what must not be: BEGIN, COMMIT, savepoints. */
  readonly request: RequestContext | undefined;
  /** Milliseconds until the server is looked after; grows each time it turns out to be alive. */
  patience: number;
  /** How often it was looked at while it was out. */
  looks: number;
  /** When its request was found to be over; 0 before. */
  endedAt: number;
  /** Its request is over, for this reason: nobody waits for the answer. */
  end(reason: unknown): void;
  /** The answer is not waited for any longer; the connection is spoilt. */
  giveUp(failure: AppError): void;
}

/** Times in milliseconds. */
export interface StatementLimits {
  /** Longest time of a statement, beyond the server's own limit. */
  readonly statement: number;
  /** How long a statement may be out before the server is looked after. */
  readonly patience: number;
}

// Milliseconds between two looks: an aborted request is noticed within this time, at no cost to the statements that are quick.
const interval = 25;
// A look that comes later than this tells that our own process was busy, and nothing about the server.
const tolerance = 250;
// A cancelled statement that goes on for this long cannot be cancelled.
const cancelPatience = 1_000;

/** Looks after every statement that is out, with one timer for all: whose request has ended, and which get no answer. */
export class StatementWatch {
  readonly #out = new Set<Outstanding>();
  #timer: NodeJS.Timeout | undefined;
  #expected = 0;

  constructor(
    readonly limits: StatementLimits,
    private readonly server: ServerWatch,
  ) {}

  add(statement: Outstanding): void {
    this.#out.add(statement);
    if (this.#timer === undefined) this.#timer = this.#schedule();
  }

  /** An answer came at `now`; whether it was still waited for. */
  settle(statement: Outstanding, now: number): boolean {
    this.server.heard(now);
    return this.#out.delete(statement);
  }

  /** The answer of a statement that has its connection to itself and begins at `now`, or why it is not waited for any longer; as `until`. */
  run(connection: Connection, statement: Statement, request: RequestContext | undefined, now: number): Promise<Result> {
    if (connection.send === undefined) return this.until(connection.run(statement), connection, request);
    return new Promise((resolve, reject) => {
      const out = new Alone(connection, request, now, this.limits.patience, reject);
      const done: Done = (error, result) => {
        if (!this.settle(out, performance.now())) return;
        if (result !== undefined) return void out.cancelled(() => resolve(result));
        void out.cancelled(() => reject(out.endedAt === 0 ? (error as Error) : requestEnded(out.reason)));
      };
      this.add(out);
      try {
        connection.send!(statement, done);
      } catch (error) {
        done(error);
      }
    });
  }

  /** An answer, or why it is not waited for any longer; cancelled on the server when `request` ends, as far as the connection can. */
  until<T>(answer: Promise<T>, connection: Connection, request: RequestContext | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const statement = new Alone(connection, request, performance.now(), this.limits.patience, reject);
      this.add(statement);
      answer.then(
        (value) => {
          if (this.settle(statement, performance.now())) void statement.cancelled(() => resolve(value));
        },
        (error: unknown) => {
          if (!this.settle(statement, performance.now())) return;
          void statement.cancelled(() => reject(statement.endedAt === 0 ? (error as Error) : requestEnded(statement.reason)));
        },
      );
    });
  }

  #schedule(): NodeJS.Timeout {
    this.#expected = performance.now() + interval;
    return setTimeout(() => this.#look(), interval).unref();
  }

  #look(): void {
    const now = performance.now();
    const late = now - this.#expected > tolerance;
    for (const statement of this.#out) {
      const { request } = statement;
      statement.looks++;
      if (request !== undefined && statement.endedAt === 0) {
        const end = endOf(request);
        if (end !== undefined) {
          statement.endedAt = now;
          statement.end(end.reason);
          continue;
        }
      }
      if (late) continue;
      const age = now - statement.since;
      if (statement.endedAt !== 0 && now - statement.endedAt > cancelPatience) {
        this.#drop(statement, requestEnded(endOf(request!)?.reason));
      } else if (age > this.limits.statement) {
        this.#drop(statement, new QueryTimeout({ cause: new Error(`no answer after ${Math.round(age)} ms`) }));
      } else if (age > statement.patience) {
        statement.patience = Number.POSITIVE_INFINITY;
        void this.#lookAfter(statement, age);
      }
    }
    this.#timer = this.#out.size === 0 ? undefined : this.#schedule();
  }

  async #lookAfter(statement: Outstanding, age: number): Promise<void> {
    const alive = await this.server.isAlive();
    const served = alive && (await this.server.serves(statement.connection));
    // What the server has just done with may still be on its way.
    if (alive && !served) await new Promise((resolve) => setTimeout(resolve, interval * 4));
    if (!this.#out.has(statement)) return;
    if (served) {
      statement.patience = 2 * age;
      return;
    }
    const silence = Math.round(performance.now() - statement.since);
    const reason = alive ? 'the server works for this connection no longer' : 'a new connection got no answer either';
    this.#drop(statement, new ConnectionLost({ cause: new Error(`the server was silent for ${silence} ms, and ${reason}`) }));
  }

  #drop(statement: Outstanding, failure: AppError): void {
    this.#out.delete(statement);
    statement.connection.spoil();
    statement.giveUp(failure);
  }
}

/** A statement that has its connection to itself. */
class Alone implements Outstanding {
  endedAt = 0;
  looks = 0;
  reason: unknown;
  #cancelling: Promise<void> | undefined;

  constructor(
    readonly connection: Connection,
    readonly request: RequestContext | undefined,
    public since: number,
    public patience: number,
    readonly giveUp: (failure: AppError) => void,
  ) {}

  end(reason: unknown): void {
    this.reason = reason;
    this.#cancelling = this.connection.cancel?.();
  }

  /** Goes on once no cancellation is on its way any more that could hit what runs next. */
  cancelled(then: () => void): Promise<void> | void {
    return this.#cancelling === undefined ? then() : this.#cancelling.then(then);
  }
}
