import {
  APP_INFO,
  configured,
  type ConfiguredModule,
  defineConfig,
  env,
  HEALTH_CHECK,
  isAppError,
  LOGGER,
  Module,
  type ModuleOptions,
  type OnBoot,
  type Problem,
  provideFactory,
  provideValue,
  SECURITY_INVENTORY,
  type Token,
  token,
  toProblem,
} from '@plinth/core';
import { redisEntry } from './redis-entry.js';
import { type Plaintext, plaintextField, plaintextProblem } from '../database/plaintext.js';
import { DATA_ERRORS } from '../errors.js';
import { openRedis, reasonOf, type RedisOptions } from './open-redis.js';
import { REDIS, type Redis } from './redis.js';
import { parseRedisUrl } from './redis-url.js';

/** The options of `RedisModule.with`. */
export interface RedisModuleOptions extends Omit<RedisOptions, 'url' | 'logger'> {
  /** The server when the environment names none. Without it, the variable must be set. */
  readonly url?: string;
  /** The environment variable with the URL; default `REDIS_URL`. */
  readonly variable?: string;
  /**
   * What production does without TLS to a server that is not on this machine: `refuse` (default) stops the boot with `DATA_PLAINTEXT`;
   * `trusted-network` is for a network that nobody else can read or write. `REDIS_PLAINTEXT` stands over it (`variable` without `_URL`).
   */
  readonly plaintext?: Plaintext;
  /** The token to provide, for a second server; default `REDIS`. Give it a `name` and a `variable` of its own, too. */
  readonly token?: Token<Redis>;
}

/**
 * A Redis for the application: provides `REDIS`, contributes the health check, connects at boot, reconnects by itself and closes at
 * the end. Stops the boot with `DATA_REDIS_URL` or `DATA_REDIS_UNREACHABLE_AT_START`. Needs the package `@redis/client`.
 *
 * @example
 * @Module({ imports: [RedisModule], providers: [Visits] })
 * class AppModule {}
 */
@Module(partsOf({}))
export class RedisModule {
  /** The module with options; call it once, and list the result where Redis is used. */
  static with(options: RedisModuleOptions = {}): ConfiguredModule {
    return configured(RedisModule, partsOf(options), { replace: true });
  }
}

function partsOf(options: RedisModuleOptions): ModuleOptions {
  const { url, variable = 'REDIS_URL', token: key = REDIS, plaintext, ...rest } = options;
  const name = rest.name ?? 'redis';
  const CONFIG = defineConfig(
    name,
    { url: env.string(variable, url === undefined ? {} : { default: url }), plaintext: plaintextField(variable, plaintext) },
    { check: (config, { production }) => checkUrl(config.url, production ? config.plaintext : 'trusted-network', variable) },
  );
  const LIFECYCLE = token<RedisLifecycle>(`${name} lifecycle`);
  return {
    providers: [
      CONFIG,
      provideFactory(key, {
        deps: [CONFIG, LOGGER],
        create: (config, logger) => openRedis({ ...rest, name, url: config.url, logger: logger.child({ module: 'data' }) }),
        dispose: (redis) => redis.close(),
      }),
      provideFactory(LIFECYCLE, {
        deps: [key, APP_INFO],
        create: (redis, info) => new RedisLifecycle(redis, variable, info.inspected === true),
      }),
      provideValue(SECURITY_INVENTORY, (made) => redisEntry(name, made(CONFIG)), { many: true }),
      provideFactory(HEALTH_CHECK, { deps: [key], many: true, create: (redis) => ({ name, check: () => redis.ping() }) }),
    ],
    exports: [key],
  };
}

/** Makes sure at boot that the server is there. */
class RedisLifecycle implements OnBoot {
  constructor(
    private readonly redis: Redis & { untilReady?(limit: number): Promise<void> },
    private readonly variable: string,
    private readonly inspected: boolean,
  ) {}

  async onBoot(): Promise<readonly Problem[] | void> {
    if (this.inspected) return;
    try {
      // A server in a neighbouring container is often a moment later than the application.
      await this.redis.untilReady?.(2_500);
      await this.redis.ping();
    } catch (error) {
      if (!isAppError(error)) throw error;
      const { url } = this.redis;
      const reason = error.cause === undefined ? error.message.replace(/\.$/, '') : reasonOf(error.cause);
      return [toProblem(DATA_ERRORS.REDIS_UNREACHABLE_AT_START({ url, reason, variable: this.variable }, { cause: error }))];
    }
  }
}

// A URL that cannot be read is a mistake of the configuration, and reported with the others before anything connects.
function checkUrl(url: string, plaintext: Plaintext, variable: string): Problem | undefined {
  try {
    const { shown, host, tls } = parseRedisUrl(url);
    const server = { shown, host, tls: tls !== undefined, cure: 'Write rediss: instead of redis: in the URL.' };
    return plaintextProblem(server, plaintext, variable);
  } catch (error) {
    if (isAppError(error)) return toProblem(error);
    throw error;
  }
}
