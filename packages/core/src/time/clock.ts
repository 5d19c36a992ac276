import { token } from '../di/token.js';

/** A timer that was set and may be called off. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** What timers accept. */
export interface TimerOptions {
  /** Whether the timer keeps the process alive; default true. */
  readonly keepAlive?: boolean;
}

/** The time, as the application sees it. Tests replace it by a fake one. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z; may jump when the system's clock is set. */
  now(): number;
  /** The same instant as a `Date`. */
  date(): Date;
  /** Milliseconds since an arbitrary moment; never goes back: measure durations with it. */
  monotonic(): number;
  /** Calls `callback` once after `ms` milliseconds; any length, also beyond 24.8 days. */
  setTimeout(callback: () => void, ms: number, options?: TimerOptions): Timer;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, options?: TimerOptions & { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** The application's clock. */
export const CLOCK = token<Clock>('CLOCK');

// Node fires at once when a delay exceeds 32 bits, so longer ones are split.
const longestDelay = 2 ** 31 - 1;

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  date: () => new Date(),
  monotonic: () => performance.now(),
  setTimeout: startTimer,
  sleep: (ms, options = {}) => sleepOn(startTimer, ms, options),
} satisfies Clock);

/** `Clock.sleep` on top of any `Clock.setTimeout`; for clocks of one's own. */
export function sleepOn(
  setTimer: Clock['setTimeout'],
  ms: number,
  options: TimerOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal, ...timerOptions } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => {
      timer.cancel();
      reject(signal!.reason);
    };
    const timer = setTimer(
      () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      ms,
      timerOptions,
    );
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function startTimer(callback: () => void, ms: number, options: TimerOptions = {}): Timer {
  let handle: NodeJS.Timeout;
  const wait = (left: number): void => {
    const delay = Math.min(Math.max(0, left), longestDelay);
    handle = setTimeout(() => (left > delay ? wait(left - delay) : callback()), delay);
    if (options.keepAlive === false) handle.unref();
  };
  wait(ms);
  return { cancel: () => clearTimeout(handle) };
}
