import type { Connection } from '../dialect/dialect.js';
import { ConnectionLost } from '../failure/database-errors.js';

/** Times in milliseconds. */
export interface WatchLimits {
  /** How long a statement may be out before the server is looked after; doubled each time it turns out to be alive. */
  readonly patience: number;
  /** How long a new connection may take to show that the server is alive. */
  readonly answer: number;
}

// A timer that comes later than this tells that our own process was busy, and nothing about the server.
const tolerance = 250;

/**
 * Tells a slow statement from a server that has fallen silent (frozen, or behind a network that drops packets): while a statement is
 * out and nothing was heard on any connection, a new connection is tried. Without an answer there either, the statement ends as
 * `DATA_CONNECTION_LOST`, long before its own limit.
 */
export class ServerWatch {
  #heard = 0;
  #probe: Promise<boolean> | undefined;

  constructor(
    private readonly limits: WatchLimits,
    private readonly open: () => Promise<Connection>,
  ) {}

  /** The answer of a statement, or `DATA_CONNECTION_LOST` when the server is silent; the connection is spoilt then. */
  until<T>(answer: Promise<T>, connection: Connection): Promise<T> {
    return new Promise((resolve, reject) => {
      const sent = performance.now();
      let timer: NodeJS.Timeout;
      const settle = (finish: () => void): void => {
        settled = true;
        clearTimeout(timer);
        this.#heard = performance.now();
        finish();
      };
      let settled = false;
      const look = async (patience: number): Promise<void> => {
        const alive = await this.#isAlive();
        if (settled) return;
        if (alive) {
          timer = setTimeout(() => void look(patience * 2), patience * 2);
          return;
        }
        connection.spoil();
        const silence = Math.round(performance.now() - sent);
        reject(
          new ConnectionLost({ cause: new Error(`the server was silent for ${silence} ms, and a new connection got no answer either`) }),
        );
      };
      timer = setTimeout(() => void look(this.limits.patience), this.limits.patience);
      answer.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error as Error)),
      );
    });
  }

  /** Whether the server has answered anything of late, or answers a new connection. */
  async #isAlive(): Promise<boolean> {
    if (performance.now() - this.#heard < this.limits.patience) return true;
    // One attempt answers all the statements that wait.
    this.#probe ??= this.#answersAnew().finally(() => (this.#probe = undefined));
    return this.#probe;
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
