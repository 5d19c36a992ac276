import { isAppError, type Logger } from '@plinth/core';
import { DATA_ERRORS } from '../errors.js';
import type { Redis, RedisArgument, RedisScript } from './redis.js';
import { createRedisClient, type RedisClient } from './redis-client.js';
import { parseRedisUrl } from './redis-url.js';

/** How a connection to Redis behaves; times in milliseconds. */
export interface RedisOptions {
  /** `redis://user:password@host:6379/0`, or `rediss://…` for TLS with a checked certificate. */
  readonly url: string;
  /** Its name in logs and in the health report. Default `redis`. */
  readonly name?: string;
  /** How long a command may take. Default 1,000. */
  readonly commandTimeout?: number;
  /** How long connecting may take. Default 2,000. */
  readonly connectTimeout?: number;
  /** How many commands may wait for their answer; more are refused. Default 1,000. */
  readonly maxWaiting?: number;
  /** Name of the connection in `CLIENT LIST`. Default `plinth`. */
  readonly applicationName?: string;
  readonly logger?: Logger;
}

/**
 * A connection of its own, outside of modules: for scripts and tests. It connects by itself in the background; `close()` it.
 * Rejects with `DATA_REDIS_URL` and `DATA_DRIVER_MISSING`.
 */
export async function openRedis(options: RedisOptions): Promise<Redis & { untilReady(limit: number): Promise<void> }> {
  const { connectTimeout = 2_000, commandTimeout = 1_000, maxWaiting = 1_000, applicationName = 'plinth' } = options;
  const target = parseRedisUrl(options.url);
  const client = await createRedisClient(target, { connectTimeout, commandTimeout, maxWaiting, applicationName });
  return new RedisConnection(client, { ...options, url: target.shown, commandTimeout });
}

// What a server says that is there but cannot serve just now.
const awayReplies = /^(?:LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|NOAUTH|WRONGPASS)\b/;

class RedisConnection implements Redis {
  readonly name: string;
  readonly url: string;
  readonly #commandTimeout: number;
  readonly #logger: Logger | undefined;
  #lastError: unknown;
  /** A command was not answered in time: until one is, no other is sent, so that nothing piles up in front of a frozen server. */
  #stalled = false;
  #down = false;
  #closed = false;
  #running = 0;

  constructor(
    readonly client: RedisClient,
    options: RedisOptions & { readonly commandTimeout: number },
  ) {
    this.name = options.name ?? 'redis';
    this.url = options.url;
    this.#commandTimeout = options.commandTimeout;
    this.#logger = options.logger;
    client.on('error', (error: unknown) => this.#wentAway(error));
    client.on('ready', () => this.#cameBack());
    client.on('ping-interval', () => this.#answered());
    client.connect().catch((error: unknown) => (this.#lastError = error));
  }

  get ready(): boolean {
    return !this.#closed && !this.#stalled && this.client.isReady;
  }

  async send<T>(...command: readonly RedisArgument[]): Promise<T> {
    if (this.#closed) throw DATA_ERRORS.REDIS_CLOSED();
    if (!this.ready) throw this.#unavailable(this.#lastError);
    this.#running++;
    try {
      return (await this.#within(this.client.sendCommand(command))) as T;
    } catch (error) {
      throw this.#toFailure(error);
    } finally {
      this.#running--;
    }
  }

  async run<T>(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<T> {
    const rest = [String(keys.length), ...keys, ...values];
    try {
      return await this.send<T>('EVALSHA', script.sha, ...rest);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return this.send<T>('EVAL', script.lua, ...rest);
    }
  }

  async ping(): Promise<void> {
    await this.send('PING');
  }

  /** Resolves once commands can be sent; after `limit` ms rejects with `DATA_REDIS_UNAVAILABLE`, whose cause says why. */
  async untilReady(limit: number): Promise<void> {
    const end = performance.now() + limit;
    while (!this.ready) {
      if (this.#closed) throw DATA_ERRORS.REDIS_CLOSED();
      if (performance.now() > end || isFinal(this.#lastError)) throw this.#unavailable(this.#lastError);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(grace = 2_000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const end = performance.now() + grace;
    while (this.#running > 0 && this.client.isReady && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    try {
      this.client.destroy();
    } catch {
      // It was never open, or has given up by itself.
    }
  }

  #within<T>(answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const giveUp = () => {
        if (settled) return;
        this.#stalled = true;
        reject(DATA_ERRORS.REDIS_TIMEOUT({ url: this.url, ms: this.#commandTimeout }));
      };
      // After a stall of this process the answer may have arrived and not been read yet: it is read before the immediate runs.
      const timer = setTimeout(() => setImmediate(giveUp), this.#commandTimeout);
      answer.then(
        (value) => {
          settled = true;
          clearTimeout(timer);
          this.#answered();
          resolve(value);
        },
        (error: Error) => {
          settled = true;
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }

  #answered(): void {
    this.#stalled = false;
  }

  #wentAway(error: unknown): void {
    this.#lastError = error;
    if (this.#down || this.#closed) return;
    this.#down = true;
    this.#logger?.warn({ redis: this.name, url: this.url, reason: reasonOf(error) }, 'Redis is away; reconnecting');
  }

  #cameBack(): void {
    this.#stalled = false;
    this.#lastError = undefined;
    if (!this.#down) return;
    this.#down = false;
    this.#logger?.info({ redis: this.name, url: this.url }, 'Redis is back');
  }

  #toFailure(error: unknown): Error {
    if (isAppError(error)) return error;
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && /^[A-Z]+ /.test(message) && !awayReplies.test(message))
      return DATA_ERRORS.REDIS_COMMAND({ reason: message }, { cause: error });
    return this.#unavailable(error);
  }

  #unavailable(cause: unknown): Error {
    const reason = this.#stalled ? 'it has stopped answering' : reasonOf(cause);
    return DATA_ERRORS.REDIS_UNAVAILABLE({ url: this.url, reason }, { cause });
  }
}

/** Why a server cannot be reached, as half a sentence. */
export function reasonOf(error: unknown): string {
  if (error === undefined) return 'the connection is being made';
  const { code, message } = error as { code?: string; message?: string };
  if (code !== undefined && code in reasons) return reasons[code] as string;
  if (message?.startsWith('WRONGPASS') || message?.startsWith('NOAUTH')) return 'the user or password is refused';
  return (message ?? String(error)).replace(/\.$/, '');
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ECONNRESET: 'the connection was cut (ECONNRESET)',
  ENOTFOUND: 'its host name is unknown (ENOTFOUND)',
  EAI_AGAIN: 'its host name cannot be looked up (EAI_AGAIN)',
  ETIMEDOUT: 'it does not answer (ETIMEDOUT)',
};

// Waiting longer would not help.
function isFinal(error: unknown): boolean {
  const message = (error as Error | undefined)?.message ?? '';
  return message.startsWith('WRONGPASS') || message.startsWith('NOAUTH');
}

function isUnknownScript(error: unknown): boolean {
  return isAppError(error) && error.code === 'DATA_REDIS_COMMAND' && (error.cause as Error).message.startsWith('NOSCRIPT');
}
