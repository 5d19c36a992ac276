import { currentContext } from '@plinth/core';
import type { Session } from './session.js';

/** Calls of one tick, of one request and one transaction, that are answered together. */
export interface OpenBatch {
  readonly request: unknown;
  readonly scope: object | undefined;
  flush(): void;
}

const open = new WeakMap<Session, Set<OpenBatch>>();

/**
 * Opens a batch that is flushed when the calls of this tick have been made: in a microtask, so before a transaction that its
 * caller forgot to await could end. Never shared between requests: the end of one must not fail another.
 */
export function openBatch<B extends OpenBatch>(session: Session, batch: B): B {
  let batches = open.get(session);
  if (batches === undefined) open.set(session, (batches = new Set()));
  batches.add(batch);
  void ready.then(() => flushOne(session, batch));
  return batch;
}

const ready = Promise.resolve();

/** Whether a call of the present context may join a batch. */
export function mayJoin(session: Session, batch: OpenBatch): boolean {
  return batch.request === currentContext() && batch.scope === session.scope();
}

/** Sends the open batches of the present transaction, so that its statements keep the order in which they were called. */
export function flushBatches(session: Session): void {
  const batches = open.get(session);
  if (batches === undefined || batches.size === 0) return;
  const scope = session.scope();
  if (scope === undefined) return;
  for (const batch of [...batches]) if (batch.scope === scope && batch.request === currentContext()) flushOne(session, batch);
}

function flushOne(session: Session, batch: OpenBatch): void {
  if (open.get(session)?.delete(batch) === true) batch.flush();
}
