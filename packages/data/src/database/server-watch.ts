import type { Connection } from '../dialect/dialect.js';

/** Times in milliseconds. */
export interface WatchLimits {
  /** For how long after an answer the server is taken to be alive. */
  readonly patience: number;
  /** How long a new connection may take to show that the server is alive. */
  readonly answer: number;
}

// A timer that comes later than this tells that our own process was busy, and nothing about the server.
const tolerance = 250;

/**
 * Tells a slow statement from a server that has fallen silent (frozen, or behind a network that drops packets): when nothing was heard on
 * any connection of late, a new connection is tried.
 */
export class ServerWatch {
  #heard = 0;
  #probe: Promise<boolean> | undefined;

  constructor(
    private readonly limits: WatchLimits,
    private readonly open: () => Promise<Connection>,
  ) {}

  /** A statement was answered at `now`, in milliseconds of `performance.now()`. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** Whether the server has answered anything of late, or answers a new connection. */
  async isAlive(): Promise<boolean> {
    if (performance.now() - this.#heard < this.limits.patience) return true;
    // One attempt answers all the statements that wait.
    this.#probe ??= this.#answersAnew().finally(() => (this.#probe = undefined));
    return this.#probe;
  }

  /** Whether the server still works for a connection. True where it does not say so in time: whoever waits looks again later. */
  async serves(connection: Connection): Promise<boolean> {
    if (connection.isServed === undefined) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(true), this.limits.answer)));
    const answer = this.open().then((other) => connection.isServed!(other).finally(() => void other.close().catch(() => undefined)));
    return Promise.race([answer.catch(() => true), late]).finally(() => clearTimeout(timer));
  }

  #answersAnew(): Promise<boolean> {
    return new Promise((resolve) => {
      const started = performance.now();
      const timer = setTimeout(() => {
        const late = performance.now() - started - this.limits.answer > tolerance;
        resolve(late || this.#heard >= started);
      }, this.limits.answer);
      const answered = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      // A refusal is an answer, too: what it means for the open connections, their sockets will tell.
      this.open()
        .then((connection) => (answered(), connection.close()), answered)
        .catch(() => undefined);
    });
  }
}
