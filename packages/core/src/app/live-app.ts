import type { Dep } from '../di/key.js';
import { describeGraph, type AppDescription } from '../module/describe.js';
import type { ModuleRef } from '../module/module.js';
import type { App, AppState } from './app.js';
import type { AppOptions } from './app-options.js';
import type { BootedApp } from './booted-app.js';
import { describeKey } from '../di/describe-key.js';
import { APP_ERRORS } from './errors.js';
import { shutDown } from './shutdown.js';
import { startUnits } from './start.js';
import { TimeLimit } from './time-limit.js';
import type { Unit } from './units.js';

/** An application between its boot and its end. */
export class LiveApp implements App {
  readonly #booted: BootedApp;
  readonly #units: readonly Unit[];
  readonly #startTimeout: number;
  readonly #stopTimeout: number;
  /** Whose `onStart` is done, in order: these, and only these, are drained and stopped. */
  readonly #started: Unit[] = [];
  #state: AppState = 'built';
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #onStopped: (() => void) | undefined;

  constructor(booted: BootedApp, options: AppOptions) {
    this.#booted = booted;
    this.#units = booted.units();
    this.#startTimeout = options.startTimeout ?? 60_000;
    this.#stopTimeout = options.stopTimeout ?? 30_000;
  }

  get state(): AppState {
    return this.#state;
  }

  /** Where the application writes its log lines. @internal */
  get logger(): BootedApp['plan']['services']['logs']['logger'] {
    return this.#booted.plan.services.logs.logger;
  }

  /** What its instances say to be working on (`InFlight`); `undefined` where none says anything. @internal */
  get inFlight(): number | undefined {
    const counts = this.#units.flatMap(({ instance }) => ('inFlight' in instance ? [instance.inFlight] : []));
    const known = counts.filter((count) => typeof count === 'number');
    return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
  }

  /** Calls back when the application has stopped, whoever stopped it. @internal */
  whenStopped(callback: () => void): void {
    this.#onStopped = callback;
  }

  /** Resolves when every log line written so far has left the process. @internal */
  flush(): Promise<void> {
    return this.#booted.plan.services.logs.flush();
  }

  start(): Promise<void> {
    if (this.#state !== 'built') return Promise.reject(APP_ERRORS.START_STATE({ state: this.#state }));
    this.#state = 'starting';
    this.#starting = this.#start();
    return this.#starting;
  }

  stop(signal?: string): Promise<void> {
    return (this.#stopping ??= this.#stop(signal));
  }

  get<T>(key: Dep<T>, options: { readonly from?: ModuleRef } = {}): T {
    if (this.#state === 'stopped') throw APP_ERRORS.ENDED({ key: describeKey(key) });
    return this.#booted.get(key, options);
  }

  describe(): AppDescription {
    const { graph, order, services } = this.#booted.plan;
    return describeGraph(graph, order, services.configReport());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    const limit = new TimeLimit(this.#startTimeout);
    try {
      await startUnits(this.#units, { limit, started: this.#started, cancelled: () => this.#stopping !== undefined });
      this.#state = 'running';
      this.#booted.plan.services.onStarted();
    } catch (error) {
      // A stop that came during the start takes over from here; otherwise the start undoes itself.
      if (this.#stopping === undefined) {
        this.#stopping = this.#shutDown(undefined);
        await this.#stopping.catch(() => {});
      }
      throw error;
    }
  }

  async #stop(signal: string | undefined): Promise<void> {
    // The start ends at its next hook; its failure belongs to who called start.
    await this.#starting?.catch(() => {});
    await this.#shutDown(signal);
  }

  async #shutDown(signal: string | undefined): Promise<void> {
    this.#state = 'stopping';
    try {
      await shutDown(this.#booted, { started: this.#started, signal, timeout: this.#stopTimeout });
    } finally {
      this.#state = 'stopped';
      this.#onStopped?.();
    }
  }
}
