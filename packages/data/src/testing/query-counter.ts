import type { Database } from '../database/database.js';
import { queryChannel, type QueryEvent } from '../database/query-observer.js';

/** Counts the statements of a database. */
export interface QueryCounter {
  /** Statements since the start or the last reset; BEGIN, COMMIT and savepoints are not counted. */
  readonly count: number;
  /** Their SQL, in order. */
  readonly statements: readonly string[];
  reset(): void;
  stop(): void;
  [Symbol.dispose](): void;
}

/** Counts the statements of a database until `stop()`, to show that a list takes no query per row. */
export function queryCounter(database: Pick<Database, 'name'>): QueryCounter {
  const statements: string[] = [];
  const listen = (message: unknown): void => {
    const event = message as QueryEvent;
    if (event.database === database.name && !control.test(event.sql)) statements.push(event.sql);
  };
  queryChannel.subscribe(listen);
  const stop = (): void => void queryChannel.unsubscribe(listen);
  return {
    get count() {
      return statements.length;
    },
    statements,
    reset: () => void statements.splice(0),
    stop,
    [Symbol.dispose]: stop,
  };
}

const control = /^(?:begin|start transaction|commit|rollback|savepoint|release savepoint|set transaction|select 1$)/i;
