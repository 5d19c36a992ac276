import { DATA_ERRORS } from '../errors.js';
import type { Connection } from '../dialect/dialect.js';
import { requestEnded } from './request-end.js';

/** The limits of a pool; times in milliseconds. */
export interface PoolLimits {
  /** Most connections at a time. */
  readonly max: number;
  /** Longest wait for a connection, opening one included. */
  readonly acquireTimeout: number;
  /**
   * When opening a connection takes longer, the attempt may be lost on its way to a server that was not there: those who wait get another
   * one beside it.
   */
  readonly openPatience: number;
  /** Most queries that may wait at a time. */
  readonly maxWaiting: number;
  /** A connection older than this (plus a tenth at random) is replaced. */
  readonly lifetime: number;
  /** An idle connection is closed after this time; 0 keeps it. */
  readonly idleTimeout: number;
}

/** How full a pool is. */
export interface PoolUse {
  readonly max: number;
  readonly open: number;
  readonly used: number;
  readonly waiting: number;
  /** Milliseconds since a statement was last answered; infinite before the first. */
  readonly quiet: number;
}

interface Slot {
  readonly connection: Connection;
  readonly expires: number;
  takenAt: number;
  /** Whether somebody has it; a second release of the same loan does nothing. */
  taken: boolean;
  /** Since when it lies idle, in milliseconds of `performance.now()`. */
  idleSince: number;
}

interface Waiter {
  /** Without a connection: there is another place to run now. */
  readonly resolve: (connection?: Connection) => void;
  /** Whether it takes another place. */
  readonly elsewhere: boolean;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Hands out connections, in the order they were asked for. A connection comes back only when its driver says that no
 * transaction is open on it; otherwise it is closed. Waiting is bounded in time (`DATA_POOL_TIMEOUT`) and number (`DATA_POOL_BUSY`).
 */
export class Pool {
  readonly #slots = new Map<Connection, Slot>();
  readonly #idle: Slot[] = [];
  readonly #waiting: Waiter[] = [];
  /** When each attempt to open a connection began. */
  readonly #opening = new Map<symbol, number>();
  #closed = false;
  #heard = Number.NEGATIVE_INFINITY;
  #drained: (() => void) | undefined;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(
    private readonly limits: PoolLimits,
    private readonly open: () => Promise<Connection>,
  ) {}

  get use(): PoolUse {
    return {
      max: this.limits.max,
      open: this.#slots.size,
      used: this.#slots.size - this.#idle.length,
      waiting: this.#waiting.length,
      quiet: performance.now() - this.#heard,
    };
  }

  /** How many connections are being opened. */
  get growing(): number {
    return this.#opening.size;
  }

  /** A statement was answered on one of the connections. `now` in milliseconds of `performance.now()`. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** A connection of one's own until it is released. `signalOf` is asked only where it must be waited for; its abort ends the waiting (`DATA_REQUEST_ENDED`). */
  async acquire(signalOf?: () => AbortSignal | undefined): Promise<Connection> {
    return (await this.#acquire(signalOf, false))!;
  }

  /** The same for whoever can also run elsewhere: undefined once `sendElsewhere` says that there is a place. */
  acquireOrElsewhere(signalOf?: () => AbortSignal | undefined): Promise<Connection | undefined> {
    return this.#acquire(signalOf, true);
  }

  /** Ends the waiting of the first of those that can also run elsewhere; whether there was one. */
  sendElsewhere(): boolean {
    if (this.#waiting.length === 0) return false;
    const index = this.#waiting.findIndex((waiter) => waiter.elsewhere);
    if (index === -1) return false;
    const [waiter] = this.#waiting.splice(index, 1);
    clearTimeout(waiter!.timer);
    waiter!.resolve();
    return true;
  }

  #acquire(signalOf: (() => AbortSignal | undefined) | undefined, elsewhere: boolean): Promise<Connection | undefined> {
    if (this.#closed) return Promise.reject(DATA_ERRORS.CLOSED());
    const idle = this.takeIdle();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#waiting.length >= this.limits.maxWaiting) {
      return Promise.reject(DATA_ERRORS.POOL_BUSY({ waiting: this.#waiting.length, oldest: this.#oldestHolder() }));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(waiter), this.limits.acquireTimeout);
      const signal = signalOf?.();
      const leave = (): void => this.#leave(waiter, signal as AbortSignal);
      const forget = (): void => signal?.removeEventListener('abort', leave);
      const waiter: Waiter = {
        resolve: (connection) => (forget(), resolve(connection)),
        reject: (error) => (forget(), reject(error as Error)),
        elsewhere,
        timer,
      };
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', leave);
      this.#grow();
    });
  }

  /** A connection that nobody uses, or undefined; it is the caller's until it is released. */
  takeIdle(): Connection | undefined {
    for (let slot = this.#idle.pop(); slot !== undefined; slot = this.#idle.pop()) {
      const now = performance.now();
      if (!slot.connection.broken && now <= slot.expires) {
        slot.takenAt = now;
        slot.taken = true;
        return slot.connection;
      }
      this.#discard(slot);
    }
    return undefined;
  }

  /** Gives a connection back, or closes it when it is broken, in a transaction, too old, or the pool is closed. */
  release(connection: Connection): void {
    const slot = this.#slots.get(connection);
    if (slot === undefined || !slot.taken) return;
    if (!connection.broken && !connection.idle) connection.reset?.();
    if (this.#closed || connection.broken || !connection.idle || performance.now() > slot.expires) return this.#discard(slot);
    const waiter = this.#waiting.shift();
    if (waiter === undefined) return this.#park(slot);
    clearTimeout(waiter.timer);
    slot.takenAt = performance.now();
    waiter.resolve(connection);
  }

  /** Refuses new work, waits up to `grace` ms for connections in use, then closes everything. */
  async close(grace: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiter of this.#waiting.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(DATA_ERRORS.CLOSED());
    }
    const closing = this.#idle.splice(0).map((slot) => this.#shut(slot));
    if (this.#slots.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, grace)));
      await Promise.race([new Promise<void>((resolve) => (this.#drained = resolve)), late]);
      clearTimeout(timer);
      for (const slot of [...this.#slots.values()]) {
        slot.connection.spoil();
        closing.push(this.#shut(slot));
      }
    }
    await Promise.all(closing);
  }

  #leave(waiter: Waiter, signal: AbortSignal): void {
    const index = this.#waiting.indexOf(waiter);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    clearTimeout(waiter.timer);
    waiter.reject(requestEnded(signal.reason));
  }

  #park(slot: Slot): void {
    slot.taken = false;
    slot.idleSince = performance.now();
    this.#idle.push(slot);
    if (this.limits.idleTimeout > 0 && this.#sweeping === undefined) this.#sweeping = this.#sweepLater();
  }

  #sweepLater(): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), Math.max(this.limits.idleTimeout / 4, 1)).unref();
  }

  /** Closes what has lain idle for too long: the ones at the front, as the last to be given back is the first to be taken. */
  #sweep(): void {
    const before = performance.now() - this.limits.idleTimeout;
    while (this.#idle.length > 0 && this.#idle[0]!.idleSince <= before) this.#discard(this.#idle.shift()!);
    this.#sweeping = this.#idle.length === 0 ? undefined : this.#sweepLater();
  }

  #grow(): void {
    const now = performance.now();
    let young = 0;
    for (const started of this.#opening.values()) if (now - started < this.limits.openPatience) young++;
    const { max } = this.limits;
    if (this.#waiting.length <= young || this.#slots.size + young >= max) return;
    // While many are stuck, one at a time finds out whether the server is back.
    if (this.#opening.size >= 2 * max && young > 0) return;
    const attempt = Symbol();
    this.#opening.set(attempt, now);
    this.open().then(
      (connection) => {
        this.#opening.delete(attempt);
        this.#admit(connection);
      },
      (error: unknown) => {
        this.#opening.delete(attempt);
        // One failed attempt answers one caller; the others get attempts of their own.
        const waiter = this.#waiting.shift();
        if (waiter !== undefined) {
          clearTimeout(waiter.timer);
          waiter.reject(error);
        }
        this.#grow();
      },
    );
  }

  #admit(connection: Connection): void {
    // Attempts that looked stuck came through after all.
    if (this.#slots.size >= this.limits.max) {
      void connection.close().catch(() => undefined);
      return;
    }
    const lifetime = this.limits.lifetime * (1 + Math.random() / 10);
    const slot: Slot = { connection, expires: performance.now() + lifetime, takenAt: performance.now(), idleSince: 0, taken: true };
    this.#slots.set(connection, slot);
    connection.onEnd(() => {
      const index = this.#idle.indexOf(slot);
      if (index >= 0) {
        this.#idle.splice(index, 1);
        this.#discard(slot);
      }
    });
    this.release(connection);
    this.#grow();
  }

  #discard(slot: Slot): void {
    void this.#shut(slot);
    this.#grow();
  }

  async #shut(slot: Slot): Promise<void> {
    this.#slots.delete(slot.connection);
    // A connection that cannot say goodbye is gone all the same.
    await slot.connection.close().catch(() => undefined);
    if (this.#slots.size === 0) this.#drained?.();
  }

  #giveUp(waiter: Waiter): void {
    const index = this.#waiting.indexOf(waiter);
    if (index < 0) return;
    this.#waiting.splice(index, 1);
    const { max, used } = this.use;
    waiter.reject(
      DATA_ERRORS.POOL_TIMEOUT({ ms: this.limits.acquireTimeout, max, used, waiting: this.#waiting.length, oldest: this.#oldestHolder() }),
    );
  }

  #oldestHolder(): number {
    const idle = new Set(this.#idle);
    const taken = [...this.#slots.values()].filter((slot) => !idle.has(slot)).map((slot) => slot.takenAt);
    return taken.length === 0 ? 0 : Math.round(performance.now() - Math.min(...taken));
  }
}
