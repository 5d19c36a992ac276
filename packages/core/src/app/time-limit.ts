/** A stretch of time that several steps share. Measured on the machine's clock, whatever clock the application was given. */
export class TimeLimit {
  readonly ms: number;
  readonly #end: number;

  constructor(ms: number) {
    this.ms = ms;
    this.#end = performance.now() + ms;
  }

  /** Milliseconds left; 0 when the time is over. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** Waits for a promise as long as there is time. `false`: the time was over first; the promise is left behind, its failure ignored. */
  async wait(work: PromiseLike<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, Math.min(this.left, 2 ** 31 - 1), false);
    });
    try {
      return await Promise.race([Promise.resolve(work).then(() => true as const), over]);
    } finally {
      clearTimeout(timer);
    }
  }
}
