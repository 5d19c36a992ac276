import type { HookName } from '../module/lifecycle-hooks.js';
import { isPromiseLike } from '../internal/is-promise-like.js';
import { APP_ERRORS } from './errors.js';
import { reasonOf } from './failure-problem.js';
import type { TimeLimit } from './time-limit.js';
import { hookName, hookOf, type Unit } from './units.js';

/** What a start goes by. */
export interface StartOptions {
  readonly limit: TimeLimit;
  /** Gets each unit whose `onStart` is done. */
  readonly started: Unit[];
  /** Whether the application is to be stopped instead. */
  readonly cancelled: () => boolean;
}

/**
 * Runs `onStart` of everything, dependencies first, one after the other, then `onListen`. Throws at the first failure:
 * `CORE_APP_START_FAILED`, `CORE_APP_START_TIMEOUT` or `CORE_APP_START_STOPPED`.
 */
export async function startUnits(units: readonly Unit[], options: StartOptions): Promise<void> {
  for (const unit of units) {
    await runHook(unit, 'onStart', options);
    options.started.push(unit);
  }
  for (const unit of units) await runHook(unit, 'onListen', options);
}

async function runHook(unit: Unit, name: HookName, { limit, cancelled }: StartOptions): Promise<void> {
  if (cancelled()) throw APP_ERRORS.START_STOPPED();
  const hook = hookOf(unit, name);
  if (hook === undefined) return;
  let inTime = true;
  try {
    const result = hook();
    if (isPromiseLike(result)) inTime = await limit.wait(result);
  } catch (error) {
    const where = hookName(unit, name);
    throw APP_ERRORS.START_FAILED({ hook: where, reason: reasonOf(error) }, { cause: error, extensions: { hook: where } });
  }
  if (!inTime) throw APP_ERRORS.START_TIMEOUT({ hook: hookName(unit, name), limit: limit.ms });
  if (cancelled()) throw APP_ERRORS.START_STOPPED();
}
