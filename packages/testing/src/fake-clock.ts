import { sleepOn, type Clock, type Timer, type TimerOptions } from '@plinth/core';
import { TESTING_ERRORS } from './errors.js';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. Timers fire in the order of their times, and of their setting at the same time. */
export class FakeClock implements Clock {
  #wall: number;
  #elapsed = 0;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(start: number) {
    this.#wall = start;
  }

  now(): number {
    return this.#wall + this.#elapsed;
  }

  date(): Date {
    return new Date(this.now());
  }

  monotonic(): number {
    return this.#elapsed;
  }

  setTimeout(callback: () => void, ms: number, _options?: TimerOptions): Timer {
    const timer: Pending = { at: this.#elapsed + Math.max(0, ms), order: this.#order++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  sleep(ms: number, options?: TimerOptions & { readonly signal?: AbortSignal | undefined }): Promise<void> {
    return sleepOn((callback, delay, timerOptions) => this.setTimeout(callback, delay, timerOptions), ms, options);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Lets this many milliseconds pass. Each timer that falls due fires at its own time; what it wakes up runs before the next one, so
   * that a loop of sleeps goes round as often as it would. Throws `TESTING_CLOCK_BACKWARDS` for a negative number.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw TESTING_ERRORS.CLOCK_BACKWARDS({ ms });
    const end = this.#elapsed + ms;
    await settle();
    for (let next = this.#nextDue(end); next !== undefined; next = this.#nextDue(end)) {
      this.#pending.delete(next);
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
      await settle();
    }
    this.#elapsed = end;
  }

  /** Sets the clock of the machine, forwards or back, as an administrator would: no time passes, no timer fires. */
  set(instant: Date | number): void {
    this.#wall = Number(instant) - this.#elapsed;
  }

  #nextDue(end: number): Pending | undefined {
    let next: Pending | undefined;
    for (const timer of this.#pending) {
      if (timer.at <= end && (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))) next = timer;
    }
    return next;
  }
}

/** A clock for tests; it stands at `start`, by default 2026-01-01T00:00:00Z. */
export function fakeClock(start: Date | number | string = '2026-01-01T00:00:00Z'): FakeClock {
  return new FakeClock(new Date(start).getTime());
}

// Promises, and what they start in turn, run before the event loop comes round.
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
