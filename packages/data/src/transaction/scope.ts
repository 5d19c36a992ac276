import { type AppError, isAppError, type RequestContext } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Connection, Isolation, Result, Rows, Statement } from '../dialect/dialect.js';
import { Turnstile } from './turnstile.js';

/** Runs one statement on one connection, observed and with typed failures; cancelled when the request ends, if one is given. */
export type RunOn = (connection: Connection, statement: Statement, request?: RequestContext) => Promise<Result>;

/** What makes the caller's answer of the connection's. What it throws is the caller's failure, and not the statement's. */
export type Read<T> = (result: Result) => T;

/** Gives the answer as it is. */
export const asItIs = (result: Result): Result => result;

/** Called once when a statement has ended, before its caller knows: with its failure, if any. Gives the one that the caller is to see. */
export type Ended = (failure: AppError | undefined) => AppError | undefined;

/** Runs one statement on one connection as `RunOn` does, and reads its answer. Never throws: its promise rejects. */
export type Start = <T>(
  connection: Connection,
  statement: Statement,
  request: RequestContext | undefined,
  read: Read<T>,
  ended: Ended | undefined,
) => Promise<T>;

/** Gives the rows of one statement on one connection in batches, observed and with typed failures. */
export type IterateOn = (connection: Connection, statement: Statement, size: number, request?: RequestContext) => AsyncIterable<Rows>;

/** What a scope needs to know of its surroundings. */
export interface ScopeSetting {
  readonly connection: Connection;
  readonly runOn: RunOn;
  /** The same without detours; absent where no statement may go past `runOn`. */
  readonly start?: Start;
  readonly iterateOn: IterateOn;
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

  /** Whether `mode: 'required'` finds a transaction here. */
  get joinable(): boolean {
    return true;
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
  async run(statement: Statement, request?: RequestContext): Promise<Result> {
    this.checkUsable();
    if (!this.#turnstile.enterNow()) await this.#turnstile.wait();
    try {
      this.checkUsable();
      return await this.runInTurn(statement, request);
    } finally {
      this.#turnstile.leave();
    }
  }

  /** The same with its answer read; in as few steps as can be where nobody else has the turn. */
  ask<T>(statement: Statement, request: RequestContext | undefined, read: Read<T>): Promise<T> {
    const { start, connection } = this.setting;
    if (start === undefined || this.#closed || this.#failure !== undefined || !this.#turnstile.enterNow())
      return this.run(statement, request).then(read);
    return start(connection, statement, request, read, this.#ended);
  }

  readonly #ended: Ended = (failure) => {
    // MySQL and MariaDB end the transaction by themselves at a change of the schema.
    const told = failure === undefined && this.setting.connection.idle ? DATA_ERRORS.IMPLICIT_COMMIT() : failure;
    if (told !== undefined) this.#failed(told);
    this.#turnstile.leave();
    return told;
  };

  /**
   * The rows of an author's statement in batches of up to `size`. Where the connection allows, other statements run between two of them;
   * else its turn lasts until the loop over them ends.
   */
  iterate(statement: Statement, size: number, request?: RequestContext): AsyncIterable<Rows> {
    const { connection, iterateOn } = this.setting;
    const batches = iterateOn(connection, statement, size, request)[Symbol.asyncIterator]();
    return connection.interleaves === true ? this.#interleaved(batches) : this.#inOneTurn(batches);
  }

  async *#interleaved(batches: AsyncIterator<Rows>): AsyncGenerator<Rows, void, undefined> {
    try {
      for (;;) {
        const next = await this.exclusively(() => this.#nextBatch(batches));
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // After the end of the transaction the connection is no longer ours, and its portals are gone.
      await this.exclusively(async () => (this.#closed ? undefined : batches.return?.()));
    }
  }

  async *#inOneTurn(batches: AsyncIterator<Rows>): AsyncGenerator<Rows, void, undefined> {
    if (!this.#turnstile.enterNow()) await this.#turnstile.wait();
    try {
      for (;;) {
        const next = await this.#nextBatch(batches);
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      try {
        await batches.return?.();
      } finally {
        this.#turnstile.leave();
      }
    }
  }

  async #nextBatch(batches: AsyncIterator<Rows>): Promise<IteratorResult<Rows>> {
    this.checkUsable();
    try {
      return await batches.next();
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  /** Throws `DATA_TRANSACTION_CLOSED` after the end, `DATA_TRANSACTION_ABORTED` after a failed statement; on every database alike. */
  checkUsable(): void {
    if (this.#closed) throw DATA_ERRORS.TRANSACTION_CLOSED();
    if (this.#failure !== undefined) throw toAborted(this.#failure);
  }

  /** Runs a statement when the turn is already ours: savepoints, BEGIN, COMMIT. */
  async runInTurn(statement: Statement, request?: RequestContext): Promise<Result> {
    const { connection, runOn } = this.setting;
    try {
      const result = await runOn(connection, statement, request);
      // MySQL and MariaDB end the transaction by themselves at a change of the schema.
      if (connection.idle) throw DATA_ERRORS.IMPLICIT_COMMIT();
      return result;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  #failed(error: unknown): void {
    const { connection } = this.setting;
    this.fail(error);
    // A deadlock rolls back the whole transaction, savepoints and all, on MySQL and MariaDB.
    if (connection.broken || connection.idle || isWholeTransaction(error)) this.root.fail(error);
  }

  /** Holds the connection for `work`: nothing else of this scope runs meanwhile. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (!this.enterNow()) await this.wait();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Takes the turn if nobody has it; whether it did. */
  enterNow(): boolean {
    return this.#turnstile.enterNow();
  }

  /** Waits until the turn is ours. */
  wait(): Promise<void> {
    return this.#turnstile.wait();
  }

  /** Ends the turn that was taken. */
  leave(): void {
    this.#turnstile.leave();
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
