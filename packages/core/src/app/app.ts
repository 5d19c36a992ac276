import type { Dep } from '../di/key.js';
import type { AppDescription } from '../module/describe.js';
import type { ModuleRef } from '../module/module.js';

/** Where an application is in its life. */
export type AppState = 'built' | 'starting' | 'running' | 'stopping' | 'stopped';

/** A built application. */
export interface App extends AsyncDisposable {
  readonly state: AppState;
  /**
   * Runs `onStart` (dependencies first), then `onListen`. If a hook fails, what had started is stopped and the promise rejects with
   * `CORE_APP_START_FAILED` (`CORE_APP_START_TIMEOUT` when `startTimeout` passed) and the cause.
   */
  start(): Promise<void>;
  /**
   * Runs `onDrain`, then `onStop`, in reverse order, then disposes what the application made, last made first. Every hook runs even
   * if others fail; failures are logged, and at the end the promise rejects with `CORE_APP_STOP_FAILED` naming them all.
   * Calling it again gives the same promise. Before `start` it only disposes; during `start` it ends the start first.
   */
  stop(signal?: string): Promise<void>;
  /**
   * What a key gives: as the root module sees it, else the only provider of that key in the application. Throws `CORE_APP_NO_PROVIDER`,
   * `CORE_APP_SEVERAL_PROVIDERS` (say which with `from`) or `CORE_APP_REQUEST_SCOPED`.
   */
  get<T>(key: Dep<T>, options?: { readonly from?: ModuleRef }): T;
  /** The modules, providers, dependencies and scopes as plain data. */
  describe(): AppDescription;
}
