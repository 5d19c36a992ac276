import {
  APP_INFO,
  CLOCK,
  configured,
  type ConfiguredModule,
  defineConfig,
  env,
  HEALTH_CHECK,
  isAppError,
  LOGGER,
  Module,
  type ModuleOptions,
  type Problem,
  provideFactory,
  provideValue,
  SECURITY_INVENTORY,
  type Token,
  toProblem,
} from '@plinth/core';
import { parseConnectionUrl } from './connection-url.js';
import { DATABASE, DATABASES, type Database } from './database.js';
import { createDatabaseCheck } from './database-health.js';
import { DatabaseLifecycle } from './database-lifecycle.js';
import type { DatabaseOptions } from './database-options.js';
import { databaseEntry } from './database-entry.js';
import { openDatabase } from './open-database.js';
import { type Plaintext, plaintextField, plaintextProblem, serverOf } from './plaintext.js';

/** The options of `DataModule.with`. */
export interface DataModuleOptions extends Omit<DatabaseOptions, 'url' | 'logger' | 'now'> {
  /** The database when the environment names none. Without it, the variable must be set. */
  readonly url?: string;
  /** The environment variable with the URL; default `DATABASE_URL`. */
  readonly variable?: string;
  /**
   * What production does without TLS to a server that is not on this machine: `refuse` (default) stops the boot with `DATA_PLAINTEXT`;
   * `trusted-network` is for a network that nobody else can read or write. `DATABASE_PLAINTEXT` stands over it (`variable` without `_URL`).
   */
  readonly plaintext?: Plaintext;
  /** The token to provide, for a second database; default `DATABASE`. Give it a `name` and a `variable` of its own, too. */
  readonly token?: Token<Database>;
  /** `start`: apply pending migrations, then seeds, before the application listens. Default: false, it is done by hand. */
  readonly migrate?: 'start' | false;
}

/**
 * A SQL database for the application: provides `DATABASE`, contributes the health check, connects at boot and closes at the end.
 * `DataModule` by itself is the database of `DATABASE_URL`, with the defaults of all options.
 *
 * @example
 * const Data = DataModule.with({ url: 'sqlite:./app.db', migrations: [createUsers], migrate: 'start' });
 */
@Module(partsOf({}))
export class DataModule {
  /** The module with options; call it once, and list the result where the database is used. */
  static with(options: DataModuleOptions = {}): ConfiguredModule {
    return configured(DataModule, partsOf(options), { replace: true });
  }
}

function partsOf(options: DataModuleOptions): ModuleOptions {
  const { url, variable = 'DATABASE_URL', token = DATABASE, migrate = false, plaintext, ...rest } = options;
  const name = rest.name ?? 'database';
  const CONFIG = defineConfig(
    name,
    { url: env.string(variable, url === undefined ? {} : { default: url }), plaintext: plaintextField(variable, plaintext) },
    { check: (config, { production }) => checkUrl(config.url, production ? config.plaintext : 'trusted-network', variable) },
  );
  return {
    providers: [
      CONFIG,
      provideFactory(token, {
        deps: [CONFIG, LOGGER, CLOCK, APP_INFO],
        context: true,
        create: (config, logger, clock, info) =>
          openDatabase({
            nPlusOne: info.production ? false : 'warn',
            ...rest,
            name,
            url: config.url,
            logger: logger.child({ module: 'data' }),
            now: () => clock.date(),
          }),
        dispose: (database) => database.close(),
      }),
      provideFactory(DatabaseLifecycle, {
        deps: [token, LOGGER, APP_INFO],
        create: (database, logger, info) => new DatabaseLifecycle(database, logger, migrate === 'start', info.inspected === true),
      }),
      provideFactory(DATABASES, { deps: [token], many: true, create: (database) => database }),
      provideValue(SECURITY_INVENTORY, (made) => databaseEntry(name, made(CONFIG)), { many: true }),
      provideFactory(HEALTH_CHECK, {
        deps: [token, LOGGER],
        many: true,
        create: (database, logger) => createDatabaseCheck(name, database, logger.child({ module: 'data' })),
      }),
    ],
    exports: [token],
  };
}

// A URL that cannot be read is a mistake of the configuration, and reported with the others before anything connects.
function checkUrl(url: string, plaintext: Plaintext, variable: string): Problem | undefined {
  try {
    const server = serverOf(parseConnectionUrl(url));
    return server && plaintextProblem(server, plaintext, variable);
  } catch (error) {
    if (isAppError(error)) return toProblem(error);
    throw error;
  }
}
