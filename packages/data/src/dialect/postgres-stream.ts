import type { Done, Rows, Statement } from './dialect.js';
import type { PostgresConnection } from './postgres-connection.js';
import type { PostgresMessages } from './postgres-messages.js';
import { PostgresQuery, type RowShape } from './postgres-query.js';

/**
 * The rows of a statement through a portal, batch by batch: the server goes no further than it is asked to. Each batch ends with a Sync,
 * so that other statements of the same transaction may run in between; outside of one, the stream has a transaction of its own.
 */
export async function* streamPortal(
  connection: PostgresConnection,
  statement: Statement,
  size: number,
  portal: string,
): AsyncGenerator<Rows, void, undefined> {
  const alone = connection.idle;
  if (alone) await connection.run({ sql: 'begin', bindings: [] });
  let shape: RowShape | undefined;
  let failed = true;
  try {
    for (let first = true; ; first = false) {
      const write = first ? open(statement, portal, size) : fetch(portal, size);
      const batch: Batch = await runBatch(connection, write, shape);
      ({ shape } = batch);
      failed = false;
      if (batch.rows.length > 0) yield batch.rows;
      if (!batch.more) return;
      failed = true;
    }
  } finally {
    // The portal ends with its transaction; and a failed one knows nothing of portals any more.
    if (!connection.broken && !connection.idle) {
      if (alone) await connection.run({ sql: failed ? 'rollback' : 'commit', bindings: [] });
      else if (!failed) await runBatch(connection, close(portal), undefined);
    }
  }
}

type Write = (messages: PostgresMessages) => void;

const open =
  ({ sql, bindings }: Statement, portal: string, size: number): Write =>
  (messages) => {
    messages.parse('', sql);
    messages.bind(portal, '', bindings);
    messages.describePortal(portal);
    messages.execute(portal, size);
    messages.sync();
  };

const fetch =
  (portal: string, size: number): Write =>
  (messages) => {
    messages.execute(portal, size);
    messages.sync();
  };

const close =
  (portal: string): Write =>
  (messages) => {
    messages.closePortal(portal);
    messages.sync();
  };

interface Batch {
  readonly rows: Rows;
  readonly shape: RowShape | undefined;
  readonly more: boolean;
}

function runBatch(connection: PostgresConnection, write: Write, shape: RowShape | undefined): Promise<Batch> {
  return new Promise((resolve, reject) => {
    const ending = connection.ending((error, result) => {
      if (result === undefined) reject(error as Error);
      else resolve({ rows: result.rows, shape: query.shape, more: query.suspended });
    });
    const query = new PortalQuery(connection, write, ending);
    query.shape = shape;
    connection.submit(query);
  });
}

class PortalQuery extends PostgresQuery {
  constructor(
    connection: PostgresConnection,
    private readonly writeMessages: Write,
    done: Done,
  ) {
    super(connection.messages, { sql: '', values: [] }, connection.parserOf, done);
  }

  protected override write(messages: PostgresMessages): void {
    this.writeMessages(messages);
  }
}
