import { isAppError } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Connection, Isolation, Result, Statement } from '../dialect/dialect.js';
import { Turnstile } from './turnstile.js';

/** Runs one statement on one connection, observed and with typed failures. */
export type RunOn = (connection: Connection, statement: Statement) => Promise<Result>;

/** What a scope needs to know of its surroundings. */
export interface ScopeSetting {
  readonly connection: Connection;
  readonly runOn: RunOn;
  /** Longest wait for a turn, in milliseconds. */
  readonly turnLimit: number;
  readonly isolation?: Isolation | undefined;
}

/** One transaction, or one savepoint inside it. Every query of its asynchronous context goes through `run`. */
export class Scope {
  readonly #turnstile: Turnstile;
  readonly #afterCommit: (() => unknown)[] = [];
  #closed = false;
  #failure: unknown;
  #savepoints = 0;

  constructor(
    readonly setting: ScopeSetting,
    readonly parent?: Scope,
  ) {
    this.#turnstile = new Turnstile(setting.turnLimit);
  }

  get root(): Scope {
    return this.parent === undefined ? this : this.parent.root;
  }

  /** Whether this is the other scope or a savepoint somewhere inside it. */
  isWithin(other: Scope): boolean {
    return this === other || this.parent?.isWithin(other) === true;
  }

  /** The first failed statement: from then on the scope can only be rolled back. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Runs an author's statement in its turn. Throws what `checkUsable` throws. */
  async run(statement: Statement): Promise<Result> {
    this.checkUsable();
    return this.exclusively(async () => {
      this.checkUsable();
      return this.runInTurn(statement);
    });
  }

  /** Throws `DATA_TRANSACTION_CLOSED` after the end, `DATA_TRANSACTION_ABORTED` after a failed statement; on every database alike. */
  checkUsable(): void {
    if (this.#closed) throw DATA_ERRORS.TRANSACTION_CLOSED();
    if (this.#failure !== undefined) throw toAborted(this.#failure);
  }

  /** Runs a statement when the turn is already ours: savepoints, BEGIN, COMMIT. */
  async runInTurn(statement: Statement): Promise<Result> {
    const { connection, runOn } = this.setting;
    try {
      const result = await runOn(connection, statement);
      // MySQL and MariaDB end the transaction by themselves at a change of the schema.
      if (connection.idle) throw DATA_ERRORS.IMPLICIT_COMMIT();
      return result;
    } catch (error) {
      this.fail(error);
      // A deadlock rolls back the whole transaction, savepoints and all, on MySQL and MariaDB.
      if (connection.broken || connection.idle || isWholeTransaction(error)) this.root.fail(error);
      throw error;
    }
  }

  /** Holds the connection for `work`: nothing else of this scope runs meanwhile. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.#turnstile.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  fail(error: unknown): void {
    this.#failure ??= error ?? new Error('rolled back');
  }

  close(): void {
    this.#closed = true;
  }

  nextSavepoint(): string {
    const { root } = this;
    root.#savepoints++;
    return `plinth_${root.#savepoints}`;
  }

  afterCommit(hook: () => unknown): void {
    this.#afterCommit.push(hook);
  }

  /** The hooks so far, in order; they are the caller's from now on. */
  takeHooks(): readonly (() => unknown)[] {
    return this.#afterCommit.splice(0);
  }
}

/** The error of a transaction that can only be rolled back, because of an earlier failure that was caught. */
export function toAborted(failure: unknown): Error {
  if (!isAppError(failure)) return DATA_ERRORS.TRANSACTION_ABORTED({ code: 'an error' }, { cause: failure });
  if (failure.code === 'DATA_IMPLICIT_COMMIT' || failure.code === 'DATA_TRANSACTION_ABORTED') return failure;
  return DATA_ERRORS.TRANSACTION_ABORTED({ code: failure.code }, { cause: failure });
}

function isWholeTransaction(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'DATA_DEADLOCK' || code === 'DATA_SERIALIZATION' || code === 'DATA_CONNECTION_LOST' || code === 'DATA_TRANSACTION_CLOSED';
}
