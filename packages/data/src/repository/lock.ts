import { DATA_ERRORS } from '../errors.js';
import type { RowLock } from '../sql/grammar.js';
import type { TableContext } from './table-context.js';

/**
 * Locks the rows that are read until the transaction ends: `update` against every other lock and write, `share` against writes.
 * Only inside a transaction, else `DATA_LOCK`. On SQLite it does nothing: a transaction there has the file to itself.
 */
export interface LockOptions {
  readonly lock?: 'update' | 'share';
  /** Leaves out rows that others have locked: for queues. */
  readonly skipLocked?: boolean;
  /** Fails with `DATA_LOCK_TIMEOUT` at once where others have locked a row, instead of waiting. */
  readonly noWait?: boolean;
}

const unlocked = { hint: '', suffix: '' };

/** The SQL of the lock that the options ask for. Throws `DATA_LOCK`. */
export function lockOf(
  context: TableContext,
  { lock, skipLocked, noWait }: LockOptions,
): { readonly hint: string; readonly suffix: string } {
  const refuse = (reason: string): Error => DATA_ERRORS.LOCK({ table: context.info.name, reason });
  if (lock === undefined) {
    if (skipLocked === true || noWait === true) throw refuse("skipLocked and noWait belong to lock: 'update' or 'share'");
    return unlocked;
  }
  if (lock !== 'update' && lock !== 'share') throw refuse("lock is neither 'update' nor 'share'");
  if (skipLocked === true && noWait === true) throw refuse('skipLocked and noWait exclude each other');
  if (context.session.scope() === undefined) throw refuse('there is no transaction, so the lock would end with the statement');
  const wanted: RowLock = { kind: lock, wait: skipLocked === true ? 'skip' : noWait === true ? 'fail' : 'wait' };
  return context.grammar.lock(wanted, context.dialect);
}
