import { constants } from 'node:os';
import { BootError } from '../errors/boot-error.js';
import { describeError, describeFailedStart, describeRefusal } from './describe-failure.js';
import type { LiveApp } from './live-app.js';

const signals = ['SIGTERM', 'SIGINT'] as const;

type Signal = (typeof signals)[number];

// A terminal and the programs between it and us may each pass on one Ctrl-C: what comes within this time counts as the same.
// Nobody presses twice as fast as that.
const sameSignalMs = 200;

/** Ties one application to its process: signals and uncaught errors stop it, and its end is the end of the process. */
export class ProcessWatch {
  #app: LiveApp | undefined;
  #code: number | undefined;
  #signal: Signal | undefined;
  #signalledAt = 0;

  constructor() {
    for (const signal of signals) process.on(signal, this.#onSignal);
    process.on('uncaughtException', this.#onError);
    process.on('unhandledRejection', this.#onError);
  }

  /** Whether the process is about to end. */
  get ending(): boolean {
    return this.#code !== undefined;
  }

  /** From now on an event stops this application. One that came earlier stops it now. */
  follow(app: LiveApp): void {
    this.#app = app;
    app.whenStopped(() => this.#release());
    if (this.#code !== undefined) void this.#stop();
  }

  /** The application cannot be built: says why, and ends the process. */
  refuse(error: unknown): Promise<never> {
    process.stderr.write(`${error instanceof BootError ? describeRefusal(error) : describeError(error)}\n`);
    return this.#exit(1);
  }

  /** The application did not start, and has undone what it could: says why, and ends the process. */
  async failStart(error: unknown): Promise<void> {
    this.#code = 1;
    const text = describeFailedStart(error);
    if (text === undefined) this.#log(error, 'the application did not start');
    else {
      process.stderr.write(`${text}\n`);
      this.#app?.logger.debug({ err: error }, 'the application did not start');
    }
    await this.#app?.flush();
    await this.#exit(1);
  }

  readonly #onSignal = (signal: Signal): void => {
    if (this.#signal !== undefined) {
      if (performance.now() - this.#signalledAt < sameSignalMs) return;
      // Whoever asks again does not want to wait.
      process.exit(128 + constants.signals[signal]);
    }
    this.#signal = signal;
    this.#signalledAt = performance.now();
    if (this.#code !== undefined) return;
    this.#code = 0;
    if (this.#app !== undefined) void this.#stop();
  };

  readonly #onError = (error: unknown): void => {
    const already = this.#code !== undefined;
    this.#code = 1;
    this.#log(error, already ? 'uncaught error while stopping' : 'uncaught error: the application stops');
    if (this.#app === undefined) void this.#exit(1);
    else if (!already) void this.#stop();
  };

  async #stop(): Promise<void> {
    const app = this.#app!;
    const begun = performance.now();
    app.logger.info({ signal: this.#signal, inFlight: app.inFlight }, 'application stopping');
    try {
      await app.stop(this.#signal);
      app.logger.info({ ms: Math.round(performance.now() - begun) }, 'application stopped');
      await app.flush();
    } catch {
      // Each failure is logged already.
      this.#code = 1;
    }
    await this.#exit(this.#code ?? 0);
  }

  #log(error: unknown, text: string): void {
    if (this.#app !== undefined) this.#app.logger.fatal({ err: error }, text);
    else process.stderr.write(`${text}: ${describeError(error)}\n`);
  }

  // An application that was stopped by a call leaves the process as it found it.
  #release(): void {
    if (this.#code !== undefined) return;
    for (const signal of signals) process.off(signal, this.#onSignal);
    process.off('uncaughtException', this.#onError);
    process.off('unhandledRejection', this.#onError);
  }

  // What was written must have left the process before it ends: pipes may be asynchronous.
  #exit(code: number): Promise<never> {
    process.exitCode = code;
    const end = (): never => process.exit(this.#code ?? code);
    setTimeout(end, 1_000);
    process.stdout.write('', () => process.stderr.write('', end));
    return new Promise<never>(() => {});
  }
}
