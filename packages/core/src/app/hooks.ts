import type { Problem } from '../errors/boot-error.js';
import type { BuiltApp } from './built-app.js';

/** Called once when everything is built and before anything starts. What it returns is reported with all other problems. */
export interface OnBoot {
  onBoot(app: BuiltApp): Promise<readonly Problem[] | void> | readonly Problem[] | void;
}

/** Called when the application starts: dependencies first, imported modules first; awaited. */
export interface OnStart {
  onStart(): unknown;
}

/** Called after every `onStart`: servers open their ports here. */
export interface OnListen {
  onListen(): unknown;
}

/** The first thing of a stop, in reverse order: take no new work, finish what is in flight. */
export interface OnDrain {
  onDrain(signal?: string): unknown;
}

/** Of an instance with a hook: how much it is working on, such as requests. The line of the log that says that the application stops holds the sum. */
export interface InFlight {
  readonly inFlight: number;
}

/** Called after every `onDrain`, in reverse order; disposal follows. */
export interface OnStop {
  onStop(signal?: string): unknown;
}
