import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen, type CircuitBreakerPolicy } from 'cockatiel';
import { HTTP_ERRORS } from '../errors.js';
import type { BreakerOptions } from './fetch-options.js';

/** Runs what calls a host, or throws `HTTP_FETCH_CIRCUIT` while the host is left alone. */
export type Circuits = (host: string, call: () => Promise<Response>) => Promise<Response>;

const MOST_HOSTS = 1000;

/** The only place that knows cockatiel. One breaker per host; the oldest of a thousand is forgotten. */
export function createCircuits(
  { failures = 5, halfOpenAfter = 10_000 }: BreakerOptions,
  isFailure: (error: unknown) => boolean,
  changed: (host: string, open: boolean) => void,
): Circuits {
  const byHost = new Map<string, CircuitBreakerPolicy>();
  const make = (host: string): CircuitBreakerPolicy => {
    const policy = handleWhen(isFailure).orWhenResult((answer) => (answer as Response).status >= 500);
    const breaker = circuitBreaker(policy, { halfOpenAfter, breaker: new ConsecutiveBreaker(failures) });
    breaker.onBreak(() => changed(host, true));
    breaker.onReset(() => changed(host, false));
    if (byHost.size >= MOST_HOSTS) byHost.delete(byHost.keys().next().value as string);
    byHost.set(host, breaker);
    return breaker;
  };
  return async (host, call) => {
    try {
      return await (byHost.get(host) ?? make(host)).execute(call);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw HTTP_ERRORS.FETCH_CIRCUIT({ host }, { cause: error, retryAfter: Math.max(1, Math.ceil(halfOpenAfter / 1000)) });
    }
  };
}
