import { HTTP_ERRORS } from '../errors.js';

/** Lets so many in at a time, and so many wait. */
export class Bulkhead {
  readonly #size: number;
  readonly #queue: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  constructor(size: number, queue: number) {
    this.#size = size;
    this.#queue = queue;
  }

  /** Resolves when there is room. Rejects with `HTTP_FETCH_BUSY`, or with the reason of the signal. Each `enter` needs one `leave`. */
  async enter(host: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#inside < this.#size) {
      this.#inside++;
      return;
    }
    if (this.#waiting.size >= this.#queue) throw HTTP_ERRORS.FETCH_BUSY({ host });
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(go);
        reject(signal.reason as Error);
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  leave(): void {
    const [next] = this.#waiting;
    // The place goes from hand to hand: nobody who comes now slips in between.
    if (next === undefined) this.#inside--;
    else {
      this.#waiting.delete(next);
      next();
    }
  }
}
