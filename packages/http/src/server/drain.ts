import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { forEachOpen } from '../request/open-requests.js';
import type { ServerState } from './server-state.js';

/** Times of a drain, in milliseconds. */
export interface DrainTimes {
  /** Of still accepting, so that load balancers see the red readiness before the port is gone. */
  readonly grace: number;
  /** For requests in flight, after the grace. */
  readonly limit: number;
}

/** For handlers to answer after their signal was aborted. */
const LAST_WORDS = 500;
const POLL = 20;

/**
 * Ends a server without losing a request: answers close their connections while it still accepts for the grace; then the port is
 * closed, idle connections go, the rest may finish; at the limit their signals are aborted, and what is left is cut.
 */
export async function drain(server: Server, state: ServerState, { grace, limit }: DrainTimes): Promise<void> {
  state.closing = true;
  if (!server.listening) return finishRequests(state, limit);
  if (grace > 0) await sleep(grace);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.race([closed, finishRequests(state, limit).then(() => lingering(server, closed))]);
  server.closeAllConnections();
  await closed;
}

async function finishRequests(state: ServerState, limit: number): Promise<void> {
  if (await emptied(state, limit)) return;
  forEachOpen(state.openRequests, (context) => context.abort(new DOMException('The server is stopping.', 'AbortError')));
  await emptied(state, LAST_WORDS);
}

async function emptied(state: ServerState, limit: number): Promise<boolean> {
  const until = performance.now() + limit;
  while (state.openRequests.count > 0 && performance.now() < until) await sleep(POLL);
  return state.openRequests.count === 0;
}

// Answers that are written but not yet read by their clients get a moment; connections that turned idle are closed.
async function lingering(server: Server, closed: Promise<void>): Promise<void> {
  let done = false;
  void closed.then(() => (done = true));
  for (let turn = 0; turn < 50 && !done; turn++) {
    server.closeIdleConnections();
    await sleep(POLL);
  }
}
