import { describeKey } from '../di/describe-key.js';
import type { Releases } from '../module/releases.js';
import { isPromiseLike } from '../internal/is-promise-like.js';
import { APP_ERRORS } from './errors.js';
import type { TimeLimit } from './time-limit.js';

/** A release that failed or took too long. */
export interface ReleaseFailure {
  readonly name: string;
  readonly error: unknown;
}

/** Releases everything, last made first. A failure does not keep the others from being released, nor does one that hangs. */
export async function runReleases(releases: Releases, limit: TimeLimit): Promise<readonly ReleaseFailure[]> {
  const failures: ReleaseFailure[] = [];
  for (const { node, release } of releases.drain()) {
    const name = `${describeKey(node.key)}.dispose (${node.module.id})`;
    try {
      const released = release();
      if (isPromiseLike(released) && !(await limit.wait(released))) {
        failures.push({ name, error: APP_ERRORS.STOP_TIMEOUT({ hook: name, limit: limit.ms }) });
      }
    } catch (error) {
      failures.push({ name, error });
    }
  }
  return failures;
}
