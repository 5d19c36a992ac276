import type { Database } from './database.js';

/** What the health check tells of a database whose connections are all at work. */
export interface BusyDatabase {
  readonly busy: true;
  readonly used: number;
  readonly waiting: number;
}

// Milliseconds. Shorter than the time of the check itself; longer than a new connection takes.
const patience = 1_000;
// While statements are answered the server is there, however many wait for a connection.
const recent = 5_000;

/**
 * Whether the database is there. With no connection free for the question, statements that were answered of late are the answer: a busy
 * pool is no reason to take an instance out. Throws what `ping` throws.
 */
export async function databaseHealth(database: Database): Promise<BusyDatabase | void> {
  const ping = database.ping();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, patience, 'late')));
  try {
    if ((await Promise.race([ping, late])) !== 'late') return;
  } catch (error) {
    // Such as a queue that is full already.
    const busy = busyOf(database);
    if (busy === undefined) throw error;
    return busy;
  } finally {
    clearTimeout(timer);
  }
  const busy = busyOf(database);
  if (busy === undefined) return ping;
  ping.catch(ignore);
  return busy;
}

function busyOf({ pool }: Database): BusyDatabase | undefined {
  const { used, max, waiting, quiet } = pool;
  return used >= max && waiting > 0 && quiet < recent ? { busy: true, used, waiting } : undefined;
}

function ignore(): void {}
