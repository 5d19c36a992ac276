import { relative } from 'node:path';
import type { Output } from '../output/output.js';
import { codeFrame, findPlace } from './code-frame.js';
import { listenToKeys } from './keyboard.js';
import { runService, type Service, type ServiceEnd } from './service.js';
import { watchFiles } from './watch-files.js';

/** What is run and watched. */
export interface SupervisorOptions {
  readonly folder: string;
  readonly entry: string;
  readonly watch: readonly string[];
  readonly output: Output;
}

/** Milliseconds without another change before a restart: editors and formatters write in bursts. */
const QUIET = 120;
/** The screen, what was scrolled out of it, and the cursor to its corner (ECMA-48; ED 3 is xterm's). */
const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/**
 * Keeps the service running while its author works on it: one process at a time, restarted when a file changes, never before the old
 * one is gone. Resolves when it was told to quit; rejects never.
 */
export function supervise({ folder, entry, watch, output }: SupervisorOptions): Promise<void> {
  return new Promise((resolve) => {
    let service: Service | undefined;
    let failed = false;
    let quitting = false;
    let restarting = false;
    let again = false;
    let timer: NodeJS.Timeout | undefined;

    const say = (text: string) => output.note(`${output.style('cyan', 'plinth')} ${text}`);
    const start = (): void => {
      failed = false;
      files.forget();
      const run = runService({ folder, entry, onFile: (file) => files.add(file) });
      service = run;
      void run.ended.then((end) => {
        if (service !== run || restarting || quitting) return;
        service = undefined;
        failed = end.code !== 0;
        if (failed) showFailure(end, folder, output);
        say(`${failed ? 'the service has failed' : 'the service has ended'}; waiting for a change`);
      });
    };
    const restart = async (reason: string): Promise<void> => {
      if (quitting) return;
      if (restarting) {
        again = true;
        return;
      }
      restarting = true;
      say(`${reason}: restarting`);
      const end = await service?.stop();
      if (end?.signal === 'SIGKILL') say(output.style('yellow', 'the service did not stop by itself and was killed'));
      service = undefined;
      restarting = false;
      if (quitting) return;
      start();
      if (again) {
        again = false;
        void restart('another change');
      }
    };
    const quit = async (): Promise<void> => {
      if (quitting) return;
      quitting = true;
      clearTimeout(timer);
      files.close();
      unlisten();
      await service?.stop();
      for (const signal of signals) process.off(signal, onSignal);
      resolve();
    };

    const files = watchFiles({
      folder,
      extra: watch,
      all: () => failed,
      onChange: (file) => {
        clearTimeout(timer);
        timer = setTimeout(() => void restart(`${relative(folder, file)} has changed`), QUIET);
      },
    });
    const unlisten = listenToKeys({
      restart: () => void restart('r'),
      clear: () => void process.stderr.write(CLEAR),
      quit: () => void quit(),
    });
    const onSignal = () => void quit();
    for (const signal of signals) process.on(signal, onSignal);
    if (process.stdin.isTTY === true) say('r restarts, c clears, q quits');
    start();
  });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// The service has said itself what went wrong, and how to cure it; what it cannot show is the line.
function showFailure({ errors, signal }: ServiceEnd, folder: string, output: Output): void {
  if (signal !== null) output.note(output.style('red', `the process was ended by ${signal}`));
  const place = findPlace(errors, folder);
  const frame = place === undefined ? undefined : codeFrame(place);
  if (place === undefined || frame === undefined) return;
  output.note(`\n${output.style('bold', `${relative(folder, place.file)}:${place.line}`)}\n${frame}\n`);
}
