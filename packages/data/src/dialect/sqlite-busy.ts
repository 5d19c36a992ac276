import { codeOf } from '../failure/driver-error.js';

/**
 * Runs `attempt`, and again after a short random pause while another process holds SQLite's lock, for `limit` milliseconds
 * at most. SQLite has not begun anything when it answers BUSY, so trying again is safe.
 */
export async function retryBusy<T>(limit: number, attempt: () => T): Promise<T> {
  let started: number | undefined;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      started ??= performance.now();
      if (performance.now() - started >= limit) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
}

/** Whether SQLite did nothing because another process has the lock, and waiting can help. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  // BUSY_SNAPSHOT means that the transaction read an old state.
  return code !== undefined && code.startsWith('SQLITE_BUSY') && code !== 'SQLITE_BUSY_SNAPSHOT';
}
