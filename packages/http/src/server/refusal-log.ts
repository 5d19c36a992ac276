import type { RouteContext } from '../request/http-context.js';
import type { ServerState } from './server-state.js';

/** Milliseconds between two lines. */
const PERIOD = 1000;

/** Makes the fields of a request's line. */
type LineMaker = (context: RouteContext, code: string, ms: number) => object;

const counts = new WeakMap<ServerState, { refused: number }>();

/**
 * Logs that requests are refused because there are too many: the first at once, then their number once a second. A line for each would
 * be more work than the refusal, so its fields, which are those of the first request, are made for that one only.
 */
export function logRefusal(context: RouteContext, ms: number, lineOf: LineMaker): void {
  const { server } = context;
  const running = counts.get(server);
  if (running !== undefined) {
    running.refused++;
    return;
  }
  const line = lineOf(context, 'HTTP_OVERLOADED', ms);
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
