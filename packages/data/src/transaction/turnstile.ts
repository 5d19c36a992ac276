import { DATA_ERRORS } from '../errors.js';

/** Lets one at a time through, in order; so that `Promise.all` inside a transaction works on its one connection. */
export class Turnstile {
  #busy = false;
  readonly #queue: (() => void)[] = [];

  /** `limit`: milliseconds after which waiting ends with `DATA_TRANSACTION_STUCK`. */
  constructor(private readonly limit: number) {}

  /** Takes the turn if nobody has it; whether it did. */
  enterNow(): boolean {
    if (this.#busy) return false;
    this.#busy = true;
    return true;
  }

  /** Waits until the turn is ours. */
  wait(): Promise<void> {
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

  /** Ends the turn, which is handed over without becoming free in between. To be called once by whoever has it. */
  leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }
}
