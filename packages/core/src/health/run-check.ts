import { isAppError } from '../errors/app-error.js';
import { redactText } from '../logging/redact-text.js';
import type { Clock } from '../time/clock.js';
import type { HealthCheck, HealthStatus } from './health-check.js';

/** What one check found. */
export interface CheckResult {
  readonly name: string;
  readonly status: HealthStatus;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** The code of the error that says that it is down, where it has one. */
  readonly code?: string;
  /** Why it is down; may name hosts, so it is for those who may see details. */
  readonly reason?: string;
  /** What the check returned. */
  readonly details?: unknown;
}

const defaultTimeout = 2_000;

/** Runs one check within its time. Never rejects. */
export async function runCheck(check: HealthCheck, clock: Clock): Promise<CheckResult> {
  const started = clock.monotonic();
  const timeout = check.timeout ?? defaultTimeout;
  const abort = new AbortController();
  const finish = (status: HealthStatus, rest: Pick<CheckResult, 'code' | 'reason' | 'details'>): CheckResult => ({
    name: check.name,
    status,
    duration: Math.round(clock.monotonic() - started),
    ...rest,
  });
  let cancel = (): void => undefined;
  const late = new Promise<CheckResult>((resolve) => {
    const timer = clock.setTimeout(
      () => {
        const reason = `no answer within ${timeout} ms`;
        resolve(finish('down', { reason }));
        abort.abort(new DOMException(reason, 'TimeoutError'));
      },
      timeout,
      { keepAlive: false },
    );
    cancel = () => timer.cancel();
  });
  const answer = Promise.resolve()
    .then(() => check.check(abort.signal))
    .then(
      (details) => finish('up', details === undefined ? {} : { details }),
      (error: unknown) => {
        const reason = redactText(error instanceof Error ? error.message : String(error));
        return finish('down', isAppError(error) ? { code: error.code, reason } : { reason });
      },
    );
  const result = await Promise.race([answer, late]);
  cancel();
  return result;
}
