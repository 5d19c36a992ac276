import { createHash } from 'node:crypto';
import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, type Redis } from '@plinth/data/redis';
import { ONE_TIME_STORE, type OneTimeRecord, type OneTimeStore } from '../../one-time/one-time-store.js';
import { countOneTimeTry, findOneTime, putOneTime, removeOneTimes, takeOneTime } from './one-time-scripts.js';

const ROOT = 'plinth:one-time:';

/** Keeps one-time tokens in Redis: they outlive the process, every process sees them, and those that are over expire by themselves. */
@Injectable({ deps: [REDIS] })
export class RedisOneTimeStore implements OneTimeStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async put({ tries, ...record }: OneTimeRecord): Promise<void> {
    const { tokenHash, subject, purpose, expiresAt } = record;
    const values = [ROOT, keyOf(subject), purpose, tokenHash, JSON.stringify(record), String(tries), String(expiresAt)];
    await this.#redis.run(putOneTime, [], values);
  }

  async find(tokenHash: string): Promise<OneTimeRecord | undefined> {
    return toRecord(await this.#redis.run<Found>(findOneTime, [], [ROOT, tokenHash]));
  }

  async take(tokenHash: string): Promise<OneTimeRecord | undefined> {
    return toRecord(await this.#redis.run<Found>(takeOneTime, [], [ROOT, tokenHash]));
  }

  async countTry(tokenHash: string, limit: number): Promise<OneTimeRecord | undefined> {
    return toRecord(await this.#redis.run<Found>(countOneTimeTry, [], [ROOT, tokenHash, String(limit)]));
  }

  removeAll(subject: string, purpose?: string): Promise<number> {
    return this.#redis.run<number>(removeOneTimes, [], [ROOT, keyOf(subject), ...(purpose === undefined ? [] : [purpose])]);
  }

  /** Nothing to do: what is over has expired. */
  async prune(): Promise<number> {
    return 0;
  }
}

/** The store of one-time tokens in Redis: `AuthModule.with({ imports: [RedisModule], oneTime: { store: redisOneTimeStore } })`. */
export const redisOneTimeStore: Provider = provideClass(ONE_TIME_STORE, RedisOneTimeStore);

type Found = readonly [record: string, tries: string] | null;

function toRecord(found: Found): OneTimeRecord | undefined {
  return found === null ? undefined : { ...(JSON.parse(found[0]) as Omit<OneTimeRecord, 'tries'>), tries: Number(found[1]) };
}

// Subjects are any text.
function keyOf(subject: string): string {
  return createHash('sha256').update(subject, 'utf16le').digest('base64url');
}
