import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Rows, Statement } from '../dialect/dialect.js';
import type { Executor, Lease } from './executor.js';

// Rows read at a time, unless knex is told otherwise.
const batchSize = 100;

/**
 * What `knex.stream()` does: rows go into `stream` as fast as they are read from it. The lease ends when the connection is free again,
 * also where the reader has gone before.
 */
export async function streamLeased(
  executor: Executor,
  lease: Lease,
  statement: Statement,
  stream: Writable,
  options: { readonly highWaterMark?: number; readonly batchSize?: number } = {},
): Promise<void> {
  const size = options.batchSize ?? options.highWaterMark ?? batchSize;
  let free = (): void => undefined;
  lease.streaming = new Promise<void>((resolve) => (free = resolve));
  const rows = Readable.from(
    rowsOf(() => executor.iterateLeased(lease, statement, size)),
    { objectMode: true, highWaterMark: size },
  );
  rows.once('close', free);
  try {
    await pipeline(rows, stream);
  } catch (error) {
    // A reader who leaves early has not failed.
    if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

async function* rowsOf(ask: () => AsyncIterable<Rows>): AsyncGenerator<object, void, undefined> {
  for await (const batch of ask()) yield* batch;
}
