import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import type { Transactions } from '../transaction/transaction.js';
import type { Scope } from '../transaction/scope.js';
import type { Executor, Lease } from './executor.js';
import type { KnexClient, KnexTransactionConfig } from './knex-client.js';

const require = createRequire(import.meta.url);
type Container = (trx: Knex.Transaction) => unknown;

// knex resolves a transaction that was rolled back without an error.
const quietRollback = new Error('rolled back without an error');

/**
 * `knex.transaction()` on top of ours, for code that only knows knex: the same `trx`, with `commit` and `rollback`, but with
 * every guarantee of `transaction()`. Inside another transaction it is a savepoint.
 */
export function createKnexTransaction(
  executor: Executor,
  transactions: Transactions,
  client: KnexClient,
  container: Container,
  config: KnexTransactionConfig,
): Promise<unknown> {
  const run = (): Promise<unknown> => runContainer(createTrx(client, executor.scope!), container, () => outcome);
  const outcome: Promise<unknown> = begin(transactions, run, config).catch((error: unknown) => {
    if (error !== quietRollback) throw error;
  });
  return outcome;
}

async function begin(transactions: Transactions, run: () => Promise<unknown>, config: KnexTransactionConfig): Promise<unknown> {
  const { connection: lease, isolationLevel, readOnly } = config;
  const options = { ...(isolationLevel !== undefined && { isolation: isolationLevel }), ...(readOnly === true && { readOnly }) };
  if (lease?.scope !== undefined) return transactions.nested(run, lease.scope);
  if (lease?.connection !== undefined) {
    const { value, hooks } = await transactions.runOn(lease.connection, run, options);
    await transactions.runHooks(hooks);
    return value;
  }
  return transactions.run(run, options);
}

/** A knex object bound to the transaction; it may be used from outside the asynchronous context, so it carries its scope. */
function createTrx(client: KnexClient, scope: Scope): Knex.Transaction {
  const trxClient = Object.create(client) as KnexClient;
  trxClient.transacting = true;
  trxClient.acquireConnection = () => Promise.resolve<Lease>({ __knexUid: 'plinth-trx', scope });
  trxClient.releaseConnection = () => Promise.resolve();
  const makeKnex = require('knex/lib/knex-builder/make-knex.js') as (client: KnexClient) => Knex.Transaction;
  return makeKnex(trxClient);
}

/** Settles when the trx commits or rolls back, or when the promise that the container returned does. */
function runContainer(trx: Knex.Transaction, container: Container, outcome: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let completed = false;
    const commit = (value?: unknown): Promise<unknown> => {
      completed = true;
      resolve(value);
      // Settled by the real COMMIT, so that `await trx.commit()` rejects when it fails.
      return outcome();
    };
    const rollback = (error?: unknown): Promise<unknown> => {
      completed = true;
      reject(error ?? quietRollback);
      return outcome().catch(() => undefined);
    };
    Object.assign(trx, { isTransaction: true, isCompleted: () => completed, commit, rollback });
    try {
      const returned = container(trx);
      if (isPromiseLike(returned)) returned.then(resolve, reject);
    } catch (error) {
      reject(error);
    }
  });
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
