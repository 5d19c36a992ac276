import type { Executor } from '../database/executor.js';
import type { Connection, Result, Statement } from '../dialect/dialect.js';
import { Scope } from '../transaction/scope.js';

const turnLimit = 30_000;

/**
 * The transaction around a test, which the code under test must not notice: a statement of its own that fails leaves the others
 * intact, and hooks of `afterCommit` run when what looks like the outermost transaction has ended well.
 */
export class SandboxScope extends Scope {
  readonly #hooks: (() => unknown)[] = [];

  constructor(
    private readonly executor: Executor,
    connection: Connection,
  ) {
    super({ connection, runOn: executor.runOn, iterateOn: executor.iterateOn, turnLimit });
  }

  override get joinable(): boolean {
    return false;
  }

  /** A statement outside of a transaction is one by itself: here, a savepoint. */
  override run(statement: Statement): Promise<Result> {
    this.checkUsable();
    return this.exclusively(async () => {
      this.checkUsable();
      const name = this.nextSavepoint();
      await this.runInTurn({ sql: `savepoint ${name}`, bindings: [] });
      const { connection, runOn } = this.setting;
      const result = await runOn(connection, statement).catch(async (error: unknown) => {
        // A deadlock, or a change of the schema on MariaDB, has ended the transaction.
        if (connection.broken || connection.idle) this.fail(error);
        else await this.runInTurn({ sql: `rollback to savepoint ${name}`, bindings: [] });
        throw error;
      });
      await this.runInTurn({ sql: `release savepoint ${name}`, bindings: [] });
      return result;
    });
  }

  /** Hooks of a transaction inside are its caller's to wait for, as they are of a real one. */
  override async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const value = await super.exclusively(work);
    for (const hook of this.#hooks.splice(0)) await this.#runHook(hook);
    return value;
  }

  override afterCommit(hook: () => unknown): void {
    this.#hooks.push(hook);
  }

  /** Runs what was given outside of any transaction. */
  async #runHook(hook: () => unknown): Promise<void> {
    // A hook cannot undo what has been committed, whatever it throws.
    await this.executor.within(this, hook).catch(() => undefined);
  }
}
