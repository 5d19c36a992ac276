import { runOutsideContext } from '../context/request-context.js';
import { token } from '../di/token.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import type { Clock } from '../time/clock.js';
import { systemClock } from '../time/clock.js';
import type { HealthCheck, HealthStatus, Probe } from './health-check.js';
import { runCheck, type CheckResult } from './run-check.js';

/** What a probe found. `status` may be shown to anybody; `reasons` and `checks` only to those who may see details. */
export interface HealthReport {
  readonly probe: Probe;
  readonly status: HealthStatus;
  /** Why it is down without any check: starting, stopping, or what `down` was told. */
  readonly reasons: readonly string[];
  readonly checks: readonly CheckResult[];
}

/** Where an application is, as probes see it. */
export type HealthState = 'starting' | 'running' | 'stopping';

/** Answers the probes of orchestrators and load balancers. Results are kept for a second, so that probing costs nothing. */
export interface Health {
  readonly state: HealthState;
  /** Whether the process should go on living: up unless a `live` check fails. Also up while starting and stopping. */
  live(): Promise<HealthReport>;
  /** Whether requests should be sent here: running, not taken down, every `ready` check up. */
  ready(): Promise<HealthReport>;
  /** Whether the start is complete. */
  startup(): Promise<HealthReport>;
  /** Takes readiness down until the returned function is called: for drains and maintenance. */
  down(reason: string): () => void;
  /** Adds a check; for what is known at run time only. Throws `CORE_HEALTH_CHECK_NAME` for a name that is taken. */
  add(check: HealthCheck): void;
}

/** The application's health. */
export const HEALTH = token<Health>('HEALTH');

interface Kept {
  readonly at: number;
  readonly result: Promise<CheckResult>;
  settled: boolean;
}

/** How long a result is reused, in milliseconds. */
const keptFor = 1_000;

/** Health as the application drives it. @internal */
export class ApplicationHealth implements Health {
  #state: HealthState = 'starting';
  readonly #checks = new Map<string, HealthCheck>();
  readonly #kept = new Map<string, Kept>();
  readonly #reasons = new Set<{ readonly reason: string }>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  get state(): HealthState {
    return this.#state;
  }

  /** The start is complete. */
  started(): void {
    if (this.#state === 'starting') this.#state = 'running';
  }

  /** The stop has begun. */
  stopping(): void {
    this.#state = 'stopping';
  }

  async live(): Promise<HealthReport> {
    return this.#report('live', []);
  }

  async ready(): Promise<HealthReport> {
    const reasons = [...this.#reasons].map(({ reason }) => reason);
    return this.#report('ready', this.#state === 'running' ? reasons : [this.#state, ...reasons]);
  }

  async startup(): Promise<HealthReport> {
    return this.#report('startup', this.#state === 'starting' ? ['starting'] : []);
  }

  down(reason: string): () => void {
    const entry = { reason };
    this.#reasons.add(entry);
    return () => void this.#reasons.delete(entry);
  }

  add(check: HealthCheck): void {
    if (this.#checks.has(check.name)) throw SERVICE_ERRORS.HEALTH_CHECK_NAME({ name: check.name });
    this.#checks.set(check.name, check);
  }

  // A probe that is down anyway asks nobody: while starting, what is asked may not exist yet.
  async #report(probe: Probe, reasons: readonly string[]): Promise<HealthReport> {
    const asked = reasons.length > 0 ? [] : [...this.#checks.values()].filter((check) => (check.probes ?? ['ready']).includes(probe));
    const checks = await Promise.all(asked.map((check) => this.#run(check)));
    const status = reasons.length === 0 && checks.every((check) => check.status === 'up') ? 'up' : 'down';
    return { probe, status, reasons, checks };
  }

  // A result under way is shared too: a hundred probes of a slow database are one question, which does not end with the first to ask.
  #run(check: HealthCheck): Promise<CheckResult> {
    const kept = this.#kept.get(check.name);
    if (kept !== undefined && (!kept.settled || this.#clock.monotonic() - kept.at < keptFor)) return kept.result;
    const entry: Kept = { at: this.#clock.monotonic(), result: runOutsideContext(() => runCheck(check, this.#clock)), settled: false };
    this.#kept.set(check.name, entry);
    void entry.result.then(() => (entry.settled = true));
    return entry.result;
  }
}
