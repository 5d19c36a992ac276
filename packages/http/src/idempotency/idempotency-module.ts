import {
  APP_INFO,
  CLOCK,
  configured,
  Module,
  PINO,
  provideFactory,
  type ConfiguredModule,
  type ModuleOptions,
  type ModuleRef,
  type Provider,
} from '@plinth/core';
import { IDEMPOTENCY_STORE } from './idempotency-store.js';
import { MemoryIdempotencyStore } from './memory-idempotency-store.js';

/** The options of `IdempotencyModule.with`. */
export interface IdempotencyModuleOptions {
  /** A provider of `IDEMPOTENCY_STORE`, such as `sqlIdempotencyStore` of `@plinth/http/data`. Default: the memory of this process. */
  readonly store?: Provider;
  /** Modules whose exports the store needs. */
  readonly imports?: readonly ModuleRef[];
}

/**
 * Where `idempotent()` keeps its keys, for the whole application. Import it once, in the root module.
 *
 * @example
 * @Module({ imports: [Data, IdempotencyModule.with({ store: sqlIdempotencyStore, imports: [Data] })] })
 * class AppModule {}
 */
@Module(partsOf({}))
export class IdempotencyModule {
  /** The module with options. */
  static with(options: IdempotencyModuleOptions = {}): ConfiguredModule {
    return configured(IdempotencyModule, partsOf(options), { replace: true });
  }
}

function partsOf({ store, imports = [] }: IdempotencyModuleOptions): ModuleOptions {
  return { global: true, imports, providers: [store ?? memoryStore()], exports: [IDEMPOTENCY_STORE] };
}

// PINO and not LOGGER: a line at the start is no reason to enter the request context with every request.
function memoryStore(): Provider {
  return provideFactory(IDEMPOTENCY_STORE, {
    deps: [APP_INFO, PINO, CLOCK],
    create(info, log, clock) {
      if (info.production)
        log.warn(
          'idempotency keys are kept in the memory of this process: they end with it, and other processes do not see them; see sqlIdempotencyStore',
        );
      return new MemoryIdempotencyStore({ now: () => clock.monotonic() });
    },
    whenNeeded: true,
  });
}
