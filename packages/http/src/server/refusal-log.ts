import type { RouteContext } from '../request/http-context.js';
import type { ServerState } from './server-state.js';

/** Milliseconds between two lines. */
const PERIOD = 1000;

const counts = new WeakMap<ServerState, { refused: number }>();

/**
 * Logs that requests are refused because there are too many: the first at once, then their number once a second. A line for each would
 * be more work than the refusal.
 */
export function logRefusal({ server }: RouteContext, line: object): void {
  const running = counts.get(server);
  if (running !== undefined) {
    running.refused++;
    return;
  }
  write(server, 1, line);
  countOn(server, line);
}

function countOn(server: ServerState, line: object): void {
  const count = { refused: 0 };
  counts.set(server, count);
  setTimeout(() => {
    counts.delete(server);
    if (count.refused === 0) return;
    write(server, count.refused, line);
    countOn(server, line);
  }, PERIOD).unref();
}

function write(server: ServerState, refused: number, line: object): void {
  (server.requestLog ?? server.logger).warn({ ...line, refused }, 'requests refused: overloaded');
}
