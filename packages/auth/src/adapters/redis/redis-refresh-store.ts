import { createHash } from 'node:crypto';
import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, type Redis } from '@plinth/data/redis';
import {
  REFRESH_STORE,
  type RefreshFilter,
  type RefreshRecord,
  type RefreshRotation,
  type RefreshStore,
} from '../../refresh/refresh-store.js';
import { findRefresh, insertRefresh, listRefresh, removeRefresh, removeRefreshOf, rotateRefresh } from './refresh-scripts.js';

const ROOT = 'plinth:refresh:';

/**
 * Keeps refresh tokens in Redis: they outlive the process, every process sees them, and those that are over expire by themselves. Nothing
 * here is part of a transaction of SQL, so no rollback brings a used token back.
 */
@Injectable({ deps: [REDIS] })
export class RedisRefreshStore implements RefreshStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async insert(record: RefreshRecord): Promise<void> {
    await this.#redis.run(insertRefresh, [], [ROOT, record.familyHash, keyOf(record.userId), ...toFields(record)]);
  }

  async find(familyHash: string): Promise<RefreshRecord | undefined> {
    const found = await this.#redis.run<string[]>(findRefresh, [], [ROOT, familyHash]);
    return found.length === 0 ? undefined : toRecord(found);
  }

  async rotate(familyHash: string, from: string, rotation: RefreshRotation): Promise<boolean> {
    const { tokenHash, rotatedAt, idleUntil } = rotation;
    const fields = toFields({ tokenHash, rotatedAt, idleUntil });
    return (await this.#redis.run<number>(rotateRefresh, [], [ROOT, familyHash, from, ...fields])) === 1;
  }

  async remove(familyHash: string): Promise<boolean> {
    return (await this.#redis.run<number>(removeRefresh, [], [ROOT, familyHash])) === 1;
  }

  removeAll({ userId, id, clientId, sessionId }: RefreshFilter): Promise<number> {
    const named = Object.entries({ id, clientId, sessionId }).flatMap(([name, value]) =>
      value === undefined ? [] : [name, textOf(value)],
    );
    return this.#redis.run<number>(removeRefreshOf, [], [ROOT, keyOf(userId), ...named]);
  }

  async list(userId: string): Promise<readonly RefreshRecord[]> {
    const found = await this.#redis.run<string[][]>(listRefresh, [], [ROOT, keyOf(userId)]);
    return found.map(toRecord).sort((a, b) => b.rotatedAt - a.rotatedAt || b.createdAt - a.createdAt);
  }

  /** Nothing to do: what is over has expired. */
  async prune(): Promise<number> {
    return 0;
  }
}

/** The store of refresh tokens in Redis: `AuthModule.with({ imports: [RedisModule], refresh: { store: redisRefreshStore } })`. */
export const redisRefreshStore: Provider = provideClass(REFRESH_STORE, RedisRefreshStore);

// Ids of users are any text.
function keyOf(userId: string): string {
  return createHash('sha256').update(userId, 'utf16le').digest('base64url');
}

// Every value as JSON, so that null is none of the texts. The token hash is compared by the scripts, as it is.
function textOf(value: unknown): string {
  return JSON.stringify(value);
}

function toFields(record: Partial<RefreshRecord>): string[] {
  return Object.entries(record).flatMap(([name, value]) => [name, name === 'tokenHash' ? String(value) : textOf(value)]);
}

function toRecord(found: readonly string[]): RefreshRecord {
  const record: Record<string, unknown> = {};
  for (let index = 0; index < found.length; index += 2) {
    const [name, value] = [found[index]!, found[index + 1]!];
    if (name !== 'userKey') record[name] = name === 'tokenHash' ? value : (JSON.parse(value) as unknown);
  }
  return record as unknown as RefreshRecord;
}
