import type { HookName } from '../module/lifecycle-hooks.js';
import { isPromiseLike } from '../internal/is-promise-like.js';
import type { BootedApp } from './booted-app.js';
import { APP_ERRORS } from './errors.js';
import { causeOf, reasonOf } from './failure-problem.js';
import type { ReleaseFailure } from './run-releases.js';
import { TimeLimit } from './time-limit.js';
import { hookName, hookOf, type Unit } from './units.js';

/** What a stop goes by. */
export interface StopOptions {
  /** Dependencies first; stopped in reverse. */
  readonly started: readonly Unit[];
  /** Handed to the hooks. */
  readonly signal: string | undefined;
  /** Milliseconds for everything; two thirds of them for the drain. */
  readonly timeout: number;
}

/**
 * Runs `onDrain`, then `onStop`, in reverse order, then releases the instances, then the log. Everything is tried, whatever fails or
 * hangs; each failure is logged, and all of them are thrown at the end as `CORE_APP_STOP_FAILED`.
 */
export async function shutDown(app: BootedApp, { started, signal, timeout }: StopOptions): Promise<void> {
  const { services } = app.plan;
  const limit = new TimeLimit(timeout);
  // A drain that hangs must leave time to close what it worked with.
  const drainLimit = new TimeLimit((timeout * 2) / 3);
  const failures: ReleaseFailure[] = [];
  const note = (failure: ReleaseFailure): void => {
    failures.push(failure);
    services.logs.logger.error({ err: failure.error }, `${failure.name} failed while stopping`);
  };
  services.onStopping();
  await runHooks(started, 'onDrain', { signal, limit: drainLimit, note });
  await drainServices(app, drainLimit, note);
  await runHooks(started, 'onStop', { signal, limit, note });
  for (const failure of await app.release(limit)) note(failure);
  await closeServices(app, limit, note);
  if (failures.length === 0) return;
  const reasons = failures.map(({ name, error }) => `${name}: ${reasonOf(error)}`).join('; ');
  throw APP_ERRORS.STOP_FAILED({ count: failures.length, reasons }, { cause: causeOf(failures.map(({ error }) => error)) });
}

interface HookRun {
  readonly signal: string | undefined;
  readonly limit: TimeLimit;
  readonly note: (failure: ReleaseFailure) => void;
}

async function runHooks(units: readonly Unit[], name: HookName, { signal, limit, note }: HookRun): Promise<void> {
  for (const unit of [...units].reverse()) {
    const hook = hookOf(unit, name);
    if (hook === undefined) continue;
    try {
      const result = hook(signal);
      if (isPromiseLike(result) && !(await limit.wait(result))) {
        note({ name: hookName(unit, name), error: APP_ERRORS.STOP_TIMEOUT({ hook: hookName(unit, name), limit: limit.ms }) });
      }
    } catch (error) {
      note({ name: hookName(unit, name), error });
    }
  }
}

async function drainServices(app: BootedApp, limit: TimeLimit, note: HookRun['note']): Promise<void> {
  try {
    await limit.wait(app.plan.services.drained(limit.left));
  } catch (error) {
    note({ name: 'background work', error });
  }
}

async function closeServices(app: BootedApp, limit: TimeLimit, note: HookRun['note']): Promise<void> {
  try {
    // Also a stop that has used up its time gets to write its last lines.
    await new TimeLimit(Math.max(limit.left, 1_000)).wait(app.plan.services.close());
  } catch (error) {
    note({ name: 'the log', error });
  }
}
