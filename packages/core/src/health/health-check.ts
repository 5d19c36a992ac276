import { token } from '../di/token.js';

/** How well something is: `up`, or `down` with a reason. */
export type HealthStatus = 'up' | 'down';

/** Asks one thing the application needs whether it is there. Contribute it with `many: true` under `HEALTH_CHECK`. */
export interface HealthCheck {
  /** Key in the report; unique in the application. */
  readonly name: string;
  /** Milliseconds until the answer counts as "down"; default 2,000. */
  readonly timeout?: number;
  /** What it speaks for; default `['ready']`. A failing `live` check makes orchestrators restart the process. */
  readonly probes?: readonly Probe[];
  /**
   * Resolves when all is well, optionally with public-safe details such as a latency; throws or rejects when not. The signal
   * aborts when the time is over.
   */
  check(signal: AbortSignal): unknown;
}

/** What an orchestrator asks for: restart me? send me requests? have I come up? */
export type Probe = 'live' | 'ready' | 'startup';

/** Contributes a health check: `provideFactory(HEALTH_CHECK, { deps, create, many: true })`. */
export const HEALTH_CHECK = token<HealthCheck>('HEALTH_CHECK');
