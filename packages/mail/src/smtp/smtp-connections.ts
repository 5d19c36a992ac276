import type { SmtpConnection } from './nodemailer.js';

// Milliseconds. Servers hang up on those who say nothing for a few minutes.
const idleTime = 10_000;

interface Idle {
  readonly connection: SmtpConnection;
  readonly timer: NodeJS.Timeout;
}

/** A few connections, opened when they are needed, used again while mails keep coming. */
export class SmtpConnections {
  readonly #idle: Idle[] = [];
  readonly #waiting: (() => void)[] = [];
  #used = 0;
  #closed = false;

  constructor(
    private readonly max: number,
    private readonly connect: () => Promise<SmtpConnection>,
  ) {}

  /** Runs `work` with a connection of its own. */
  async use<T>(work: (connection: SmtpConnection) => Promise<T>): Promise<T> {
    // The place is handed over by whoever leaves, without becoming free in between.
    if (this.#used >= this.max) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#used++;
    try {
      const connection = this.#takeIdle() ?? (await this.connect());
      try {
        return await work(connection);
      } finally {
        this.#park(connection);
      }
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#used--;
      else next();
    }
  }

  /** Ends what is idle; what is in use ends when it is given back. */
  close(): void {
    this.#closed = true;
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer);
      connection.close();
    }
  }

  #takeIdle(): SmtpConnection | undefined {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      clearTimeout(idle.timer);
      if (idle.connection.usable) return idle.connection;
    }
    return undefined;
  }

  #park(connection: SmtpConnection): void {
    if (!connection.usable) return;
    if (this.#closed) return connection.close();
    const timer = setTimeout(() => {
      const index = this.#idle.indexOf(idle);
      if (index >= 0) this.#idle.splice(index, 1);
      connection.close();
    }, idleTime);
    timer.unref();
    const idle: Idle = { connection, timer };
    this.#idle.push(idle);
  }
}
