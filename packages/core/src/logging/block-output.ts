import type { LogDestination } from './log-output.js';

/** Characters of a block: a write for each line is the dearest part of a small request. */
const BLOCK = 16_384;
/** Milliseconds for which a line may wait for others. */
const PERIOD = 100;

/**
 * Gathers lines and passes them on in blocks: of 16,384 characters, or what there is after 100 ms. pino's own destination gathers too,
 * but measures all that it has gathered with each line.
 */
export class BlockOutput implements LogDestination {
  readonly #target: LogDestination;
  #block = '';
  #timer: NodeJS.Timeout | null = null;

  constructor(target: LogDestination) {
    this.#target = target;
  }

  write(line: string): void {
    this.#block += line;
    if (this.#block.length >= BLOCK) this.pass();
    else if (this.#timer === null) this.#start();
  }

  flush(done?: (error?: Error) => void): void {
    this.pass();
    this.#target.flush?.(done);
  }

  flushSync(): void {
    this.pass();
    this.#target.flushSync?.();
  }

  /** Passes on what there is. */
  pass(): void {
    const block = this.#block;
    if (block === '') return;
    this.#block = '';
    this.#target.write(block);
  }

  // One timer for many blocks; it rests when there is nothing to write.
  #start(): void {
    this.#timer = setInterval(() => {
      if (this.#block !== '') return this.pass();
      if (this.#timer !== null) clearInterval(this.#timer);
      this.#timer = null;
    }, PERIOD);
    this.#timer.unref();
  }
}
