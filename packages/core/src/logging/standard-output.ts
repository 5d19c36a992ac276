import { pino } from './pino.js';
import type { LogDestination } from './log-output.js';

// One each for the process: an asynchronous one listens for the exit of the process.
let waiting: LogDestination | undefined;
let immediate: LogDestination | undefined;

/**
 * Standard output. In production without waiting for the reader, emptied when the process exits; in development at once, in order
 * with what others print. A reader that has gone (`| head`) ends nothing.
 */
export function standardOutput(production: boolean): LogDestination {
  if (production) return (waiting ??= pino.destination({ dest: 1, sync: false }));
  return (immediate ??= pino.destination({ dest: 1, sync: true }));
}
