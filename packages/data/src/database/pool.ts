import { DATA_ERRORS } from '../errors.js';
import type { Connection } from '../dialect/dialect.js';
import { requestEnded } from './request-end.js';

/** The limits of a pool; times in milliseconds. */
export interface PoolLimits {
  /** Most connections at a time. */
  readonly max: number;
  /** Longest wait for a connection, opening one included. */
  readonly acquireTimeout: number;
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
  idleTimer?: NodeJS.Timeout | undefined;
}

interface Waiter {
  readonly resolve: (connection: Connection) => void;
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
  #opening = 0;
  #closed = false;
  #heard = Number.NEGATIVE_INFINITY;
  #drained: (() => void) | undefined;

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

  /** A statement was answered on one of the connections. `now` in milliseconds of `performance.now()`. */
  heard(now: number): void {
    this.#heard = now;
  }

  /** A connection of one's own until it is released. `signalOf` is asked only where it must be waited for; its abort ends the waiting (`DATA_REQUEST_ENDED`). */
  acquire(signalOf?: () => AbortSignal | undefined): Promise<Connection> {
    if (this.#closed) return Promise.reject(DATA_ERRORS.CLOSED());
    const slot = this.#takeIdle();
    if (slot !== undefined) return Promise.resolve(slot.connection);
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
        timer,
      };
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', leave);
      this.#grow();
    });
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

  #takeIdle(): Slot | undefined {
    for (let slot = this.#idle.pop(); slot !== undefined; slot = this.#idle.pop()) {
      clearTimeout(slot.idleTimer);
      if (!slot.connection.broken && performance.now() <= slot.expires) {
        slot.takenAt = performance.now();
        slot.taken = true;
        return slot;
      }
      this.#discard(slot);
    }
    return undefined;
  }

  #park(slot: Slot): void {
    slot.taken = false;
    this.#idle.push(slot);
    if (this.limits.idleTimeout === 0) return;
    slot.idleTimer = setTimeout(() => {
      const index = this.#idle.indexOf(slot);
      if (index >= 0) this.#idle.splice(index, 1);
      this.#discard(slot);
    }, this.limits.idleTimeout);
    slot.idleTimer.unref();
  }

  #grow(): void {
    if (this.#waiting.length <= this.#opening || this.#slots.size + this.#opening >= this.limits.max) return;
    this.#opening++;
    this.open().then(
      (connection) => {
        this.#opening--;
        this.#admit(connection);
      },
      (error: unknown) => {
        this.#opening--;
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
    const lifetime = this.limits.lifetime * (1 + Math.random() / 10);
    const slot: Slot = { connection, expires: performance.now() + lifetime, takenAt: performance.now(), taken: true };
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
    clearTimeout(slot.idleTimer);
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
