import type { DestinationStream } from './pino.js';

/** A destination that may also be flushed, as pino's own can. */
export type LogDestination = DestinationStream & {
  flush?(done?: (error?: Error) => void): void;
  flushSync?(): void;
};

const mostHeld = 10_000;

/**
 * Where pino writes to: holds lines back until the real destination is known, then passes them on. Holds at most 10,000 lines;
 * of more, the first are kept, since they tell how it began.
 */
export class LogOutput implements LogDestination {
  #held: string[] | undefined = [];
  #dropped = 0;
  #failed = false;
  #open: (() => LogDestination) | undefined;
  #target: LogDestination | undefined;
  #format: ((line: string) => string) | undefined;

  /** Whether lines are still held back. */
  get holding(): boolean {
    return this.#held !== undefined;
  }

  write(line: string): void {
    if (this.#held !== undefined) return this.#hold(line);
    try {
      this.#target ??= this.#open!();
      this.#target.write(this.#format === undefined ? line : this.#format(line));
    } catch (error) {
      this.#reportFailure(error);
    }
  }

  /** Says how to open the destination, when the first line is written; writes what was held back, as far as `keep` says so. */
  open(
    target: () => LogDestination,
    options: { readonly format?: (line: string) => string; readonly keep?: (line: string) => boolean } = {},
  ): void {
    const held = this.#held ?? [];
    this.#open = target;
    this.#format = options.format;
    this.#held = undefined;
    for (const line of held) if (options.keep?.(line) ?? true) this.write(line);
    if (this.#dropped > 0) {
      this.write(
        `{"level":"warn","time":"${new Date().toISOString()}","msg":"${this.#dropped} early log lines were dropped: more than ${mostHeld} were held back."}\n`,
      );
    }
  }

  /** Waits until everything written has left the process, as far as the destination can tell. */
  flush(done: (error?: Error) => void = () => undefined): void {
    const target = this.#target;
    if (typeof target?.flush !== 'function') return done();
    // pino's destinations call back; others may flush at once and ignore the callback.
    if (target.flush.length > 0) target.flush(done);
    else {
      target.flush();
      done();
    }
  }

  flushSync(): void {
    this.#target?.flushSync?.();
  }

  // A full disk must not fail the requests that are logged; that lines are missing is said once, where it can still be seen.
  #reportFailure(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    process.stderr.write(`Log lines are lost: the destination of the log failed (${String(error)}).\n`);
  }

  #hold(line: string): void {
    if (this.#held!.length < mostHeld) this.#held!.push(line);
    else this.#dropped += 1;
  }
}
