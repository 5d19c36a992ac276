import { DATA_ERRORS } from '../errors.js';

/** Lets one at a time through, in order; so that `Promise.all` inside a transaction works on its one connection. */
export class Turnstile {
  #busy = false;
  readonly #queue: (() => void)[] = [];

  /** `limit`: milliseconds after which waiting ends with `DATA_TRANSACTION_STUCK`. */
  constructor(private readonly limit: number) {}

  /** Waits for one's turn; the returned function ends it. */
  async enter(): Promise<() => void> {
    if (this.#busy) await this.#wait();
    this.#busy = true;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#queue.shift();
      // The turn is handed over without becoming free in between.
      if (next === undefined) this.#busy = false;
      else next();
    };
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#queue.splice(this.#queue.indexOf(go), 1);
        reject(DATA_ERRORS.TRANSACTION_STUCK({ ms: this.limit }));
      }, this.limit);
      this.#queue.push(go);
    });
  }
}
