import { isAppError, type HealthCheck, type Logger } from '@plinth/core';
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

/** The health check of a database, which says in the log when it goes down, with code and reason, and when it answers again. */
export function createDatabaseCheck(name: string, database: Database, logger: Logger): HealthCheck {
  let down = false;
  return {
    name,
    async check() {
      try {
        const found = await databaseHealth(database);
        if (down) logger.info({ database: name }, 'the database answers again');
        down = false;
        return found;
      } catch (error) {
        // Probes come every few seconds: one line for each time it goes down.
        if (!down) logger.error({ database: name, ...describe(error) }, 'the database does not answer');
        down = true;
        throw error;
      }
    },
  };
}

function describe(error: unknown): { readonly code?: string; readonly reason: string } {
  if (!isAppError(error)) return { reason: error instanceof Error ? error.message : String(error) };
  const { cause, code, detail } = error;
  return { code, reason: cause instanceof Error && cause.message !== '' ? `${detail} (${cause.message})` : detail };
}

/**
 * Whether the database is there. With no connection free for the question, statements that were answered of late are the answer: a busy
 * pool is no reason to take an instance out. Throws what `ping` throws.
 */
async function databaseHealth(database: Database): Promise<BusyDatabase | void> {
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
