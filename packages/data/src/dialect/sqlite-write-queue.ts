import { statSync } from 'node:fs';

interface Waiter {
  readonly owner: object;
  readonly grant: () => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The turns of the connections of this process that write to one file. SQLite lets one of them write at a time and would let the
 * others only try again and again; here they wait without polling, and in the order they came.
 */
export class WriteQueue {
  #holder: object | undefined;
  readonly #waiting: Waiter[] = [];
  #users = 0;

  private constructor(private readonly key: string) {}

  /** The queue of an open file; undefined for `:memory:`, which nobody shares. `leave()` it once. */
  static of(filename: string): WriteQueue | undefined {
    if (filename === ':memory:') return undefined;
    const { dev, ino } = statSync(filename, { bigint: true });
    // Two paths may lead to one file.
    const key = `${dev}:${ino}`;
    const queue = queues.get(key) ?? new WriteQueue(key);
    queues.set(key, queue);
    queue.#users++;
    return queue;
  }

  /** Gives `owner` the turn: undefined when at once, else a promise. Rejects as SQLite does (`SQLITE_BUSY`) after `limit` ms. */
  take(owner: object, limit: number): Promise<void> | undefined {
    if (this.#holder === owner) return undefined;
    if (this.#holder === undefined) {
      this.#holder = owner;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' }));
      }, limit);
      const waiter: Waiter = { owner, grant: resolve, timer };
      this.#waiting.push(waiter);
    });
  }

  /** Gives `owner` the turn if nobody else has it; whether it has it now. */
  takeNow(owner: object): boolean {
    this.#holder ??= owner;
    return this.#holder === owner;
  }

  /** Passes the turn on; does nothing for those who do not have it. */
  give(owner: object): void {
    if (this.#holder !== owner) return;
    const next = this.#waiting.shift();
    this.#holder = next?.owner;
    if (next === undefined) return;
    clearTimeout(next.timer);
    next.grant();
  }

  leave(owner: object): void {
    this.give(owner);
    if (--this.#users === 0) queues.delete(this.key);
  }
}

const queues = new Map<string, WriteQueue>();
