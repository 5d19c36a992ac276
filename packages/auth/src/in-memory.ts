import { APP_INFO, PINO, provideFactory, type Provider, type Token } from '@plinth/core';

/** What warnings of `inMemory` say. */
export interface InMemoryWords {
  /** What is kept, with its verb: `sessions are`. */
  readonly what: string;
  /** The store to use instead. */
  readonly cure: string;
}

/** A store in the memory of this process, for whoever names none. In production the log says what that means. @internal */
export function inMemory<T>(key: Token<T>, { what, cure }: InMemoryWords, create: () => T): Provider {
  return provideFactory(key, {
    // PINO and not LOGGER: a line at the start is no reason to enter the request context with every request.
    deps: [APP_INFO, PINO],
    create(info, log) {
      if (info.production)
        log.warn(
          `${what} kept in the memory of this process: lost with it, and not seen by other processes; see ${cure} of @plinth/auth/data`,
        );
      return create();
    },
    whenNeeded: true,
  });
}
