import { isAppError, type RequestContext } from '@plinth/core';
import type { Executor } from '../database/executor.js';
import type { Connection, Result, Statement } from '../dialect/dialect.js';
import { type RunOn, Scope } from '../transaction/scope.js';
import { changesSchema, hasEffect, isAllOrNothing, isRepeatable } from './statement-kind.js';

/** Called before a statement that may leave something behind, so that a run that is cut off can say where it was. */
export type Note = (sql: string) => Promise<void>;

/**
 * Where a step runs that has no transaction around it: MySQL, MariaDB, and `transaction: false`. All queries of its asynchronous context
 * share the migrator's connection; a transaction that the author begins in it is a real one. It knows whether the step has left
 * anything behind.
 */
export class MigrationScope extends Scope {
  readonly #progress: Progress;

  constructor({ runOn, iterateOn }: Pick<Executor, 'runOn' | 'iterateOn'>, connection: Connection, turnLimit: number, note: Note) {
    const progress = new Progress(runOn, note);
    super({ connection, runOn: progress.runOn, iterateOn, turnLimit });
    this.#progress = progress;
  }

  /** Whether nothing that the step did is in the database. */
  get clean(): boolean {
    return this.#progress.clean;
  }

  /** There is no transaction that could be joined: asked for one, it begins one. */
  override get joinable(): boolean {
    return false;
  }

  override runInTurn(statement: Statement, request?: RequestContext): Promise<Result> {
    return this.setting.runOn(this.setting.connection, statement, request);
  }

  override fail(): void {
    // There is no transaction that a failed statement could spoil: the step goes on, if its author catches the error.
  }
}

/** What a step has done so far. */
class Progress {
  clean = true;
  #noted = false;
  /** The savepoint that stands for the author's outermost transaction. */
  #outermost: string | undefined;

  constructor(
    private readonly execute: RunOn,
    private readonly note: Note,
  ) {}

  readonly runOn = async (connection: Connection, statement: Statement, request?: RequestContext): Promise<Result> => {
    const sql = this.#toTransaction(statement.sql, connection.idle);
    if (sql === undefined) return { rows: [], affected: 0, raw: undefined };
    const alone = connection.idle;
    // Noting inside the author's transaction would be undone with it.
    if (alone && !isRepeatable(sql) && (changesSchema(sql) || (!this.#noted && (hasEffect(sql) || sql === 'begin')))) {
      this.#noted = true;
      await this.note(sql);
    }
    try {
      const result = await this.execute(connection, { ...statement, sql }, request);
      if (connection.idle && (alone ? hasEffect(sql) && !isRepeatable(sql) : sql !== 'rollback')) this.clean = false;
      return result;
    } catch (error) {
      const committed = !alone && connection.idle && changesSchema(sql);
      const repeatable = alone && isRepeatable(sql);
      if (committed || !isAllOrNothing(sql) || (!repeatable && (connection.broken || isUnclear(error)))) this.clean = false;
      throw error;
    }
  };

  /** A savepoint outside of a transaction is a transaction. Nothing is to be done to release it after its rollback. */
  #toTransaction(sql: string, idle: boolean): string | undefined {
    const name = /^(?:savepoint|rollback to savepoint|release savepoint) (\w+)$/.exec(sql)?.[1];
    if (name === undefined) return sql;
    if (idle && sql.startsWith('savepoint')) {
      this.#outermost = name;
      return 'begin';
    }
    if (name !== this.#outermost) return sql;
    if (sql.startsWith('rollback')) return 'rollback';
    return idle ? undefined : 'commit';
  }
}

// The server may have carried the statement out.
function isUnclear(error: unknown): boolean {
  return isAppError(error) && ['DATA_CONNECTION_LOST', 'DATA_TIMEOUT', 'DATA_COMMIT_UNKNOWN', 'DATA_UNAVAILABLE'].includes(error.code);
}
