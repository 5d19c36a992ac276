import { pino } from './pino.js';
import type { LogDestination } from './log-output.js';

// One each for the process: an asynchronous one listens for the exit of the process.
let waiting: LogDestination | undefined;
let immediate: LogDestination | undefined;

/**
 * Standard output. In production without waiting for the reader and in blocks, a write for each line being the dearest part of a
 * small request: of 4 KiB, or what there is after 100 ms, at a fatal line, and when the process exits; only SIGKILL loses a block.
 * In development at once, in order with what others print. A reader that has gone (`| head`) ends nothing.
 */
export function standardOutput(production: boolean): LogDestination {
  if (production) return (waiting ??= pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 }));
  return (immediate ??= pino.destination({ dest: 1, sync: true }));
}
