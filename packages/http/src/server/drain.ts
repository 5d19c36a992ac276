import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import { forEachOpen } from '../request/open-requests.js';
import type { Connections } from './connections.js';
import type { ServedHttp } from './create-server.js';
import { closeListener, type Listeners } from './listen.js';
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
/** For connections that were accepted and have sent nothing. */
const PATIENCE = 1000;
/** Without a new connection before the port is closed. */
const QUIET = 30;
/** A turn of the event loop in which nothing was waiting; a longer one says that the process did not run, and knows nothing of what came. */
const SHORT_TURN = 2;
/** For which requests are held at most while that is waited for. */
const LONGEST_HOLD = 250;

/**
 * Ends a server without losing a request that it began to read: answers close their connections while it still accepts for the
 * grace; then the port is closed, idle connections go, the rest may finish; at the limit their signals are aborted, and what is left
 * is cut.
 */
export async function drain(
  { server, connections, listeners }: ServedHttp,
  state: ServerState,
  { grace, limit }: DrainTimes,
): Promise<void> {
  state.closing = true;
  if (listeners === null) {
    state.draining.abort();
    return finishRequests(state, limit);
  }
  if (grace > 0) await sleep(grace);
  const { closed } = await closePort(listeners, connections);
  state.draining.abort();
  const until = performance.now() + limit;
  await Promise.race([closed, finishRequests(state, limit).then(() => lingering(connections, closed, until))]);
  connections.closeAll();
  await closed;
  // Node's own: ends its timer.
  server.close();
}

/**
 * Closes the port at a moment without new connections. Closing resets what the kernel has taken and nobody has accepted yet, and
 * clients that are answered come at once with the next connection. So requests are read but not handled for a moment:
 * those who wait for an answer send nothing new, the queue runs empty, and between accepting the last and closing lie microseconds.
 */
async function closePort(listeners: Listeners, connections: Connections): Promise<{ readonly closed: Promise<void> }> {
  connections.shutGate();
  const shut = performance.now();
  let turn = shut;
  let now = shut;
  do {
    turn = now;
    await immediate();
    now = performance.now();
  } while (now - shut < LONGEST_HOLD && (now - Math.max(shut, connections.latest) < QUIET || now - turn > SHORT_TURN));
  const closed = Promise.all(listeners.all.map(closeListener)).then(() => {});
  connections.closeIdle();
  connections.openGate();
  return { closed };
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

// Connections accepted last may still send their request, and answers that are written may still be read; idle ones are closed.
async function lingering(connections: Connections, closed: Promise<void>, until: number): Promise<void> {
  let done = false;
  void closed.then(() => (done = true));
  const patience = performance.now() + PATIENCE;
  const lasts = (now: number) => now < patience || (now < until && connections.underWay());
  while (!done && lasts(performance.now())) {
    connections.closeIdle();
    await sleep(POLL);
  }
}
