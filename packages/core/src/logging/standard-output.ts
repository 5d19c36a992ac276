import { pino } from './pino.js';
import { BlockOutput } from './block-output.js';
import type { LogDestination } from './log-output.js';

// One each for the process: an asynchronous one listens for the exit of the process.
let waiting: LogDestination | undefined;
let immediate: LogDestination | undefined;

/**
 * Standard output. In production without waiting for the reader and in blocks, a write for each line being the dearest part of a
 * small request: of 16 KiB, or what there is after 100 ms, at a fatal line, and when the process exits; only SIGKILL loses a block.
 * In development at once, in order with what others print. A reader that has gone (`| head`) ends nothing.
 */
export function standardOutput(production: boolean): LogDestination {
  if (production) return (waiting ??= openWaiting());
  return (immediate ??= pino.destination({ dest: 1, sync: true }));
}

function openWaiting(): LogDestination {
  const output = new BlockOutput({
    write: (block) => target.write(block),
    // It calls back when everything has left only where it may wait for more.
    flush: (done) => target.flush(done),
    flushSync: () => target.flushSync(),
  });
  // Before those of pino's destination, which closes itself before the exit.
  process.on('beforeExit', () => output.pass());
  process.on('exit', () => {
    try {
      output.flushSync();
    } catch {
      // It has closed itself: nothing more can be written.
    }
  });
  const target = pino.destination({ dest: 1, sync: false, minLength: 1 });
  return output;
}
