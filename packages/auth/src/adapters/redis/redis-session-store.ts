import { createHash } from 'node:crypto';
import { Injectable, provideClass, type Provider } from '@plinth/core';
import { REDIS, type Redis } from '@plinth/data/redis';
import { SESSION_STORE, type SessionChange, type SessionRecord, type SessionStore } from '../../session/session-store.js';
import {
  findSession,
  insertSession,
  listSessions,
  removeSession,
  removeSessionByToken,
  removeSessionsOf,
  updateSession,
} from './session-scripts.js';

const ROOT = 'plinth:session:';

/** Keeps sessions in Redis: they outlive the process, every process sees them, and those that are over expire by themselves. */
@Injectable({ deps: [REDIS] })
export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async insert(record: SessionRecord): Promise<void> {
    const fields = toFields(record);
    await this.#redis.run(insertSession, [], [ROOT, record.id, ...fields, 'userKey', keyOf(record.userId)]);
  }

  find(tokenHash: string): Promise<SessionRecord | undefined> {
    return this.#find('t', tokenHash);
  }

  findByFamily(familyHash: string): Promise<SessionRecord | undefined> {
    return this.#find('f', familyHash);
  }

  async update(tokenHash: string, change: SessionChange): Promise<boolean> {
    return (await this.#redis.run<number>(updateSession, [], [ROOT, tokenHash, ...toFields(change)])) === 1;
  }

  async list(userId: string): Promise<readonly SessionRecord[]> {
    const found = await this.#redis.run<string[][]>(listSessions, [], [ROOT, keyOf(userId)]);
    return found.map(toRecord).sort((a, b) => b.seenAt - a.seenAt || b.createdAt - a.createdAt);
  }

  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.#redis.run<number>(removeSession, [], [ROOT, keyOf(userId), id])) === 1;
  }

  async removeByToken(tokenHash: string): Promise<boolean> {
    return (await this.#redis.run<number>(removeSessionByToken, [], [ROOT, tokenHash])) === 1;
  }

  removeAll(userId: string, except?: string): Promise<number> {
    return this.#redis.run<number>(removeSessionsOf, [], [ROOT, keyOf(userId), ...(except === undefined ? [] : [except])]);
  }

  /** Nothing to do: what is over has expired. */
  async prune(): Promise<number> {
    return 0;
  }

  async #find(by: 't' | 'f', hash: string): Promise<SessionRecord | undefined> {
    const found = await this.#redis.run<string[]>(findSession, [], [ROOT, by, hash]);
    return found.length === 0 ? undefined : toRecord(found);
  }
}

/** The session store in Redis: `AuthModule.with({ imports: [RedisModule], sessions: { store: redisSessionStore } })`. */
export const redisSessionStore: Provider = provideClass(SESSION_STORE, RedisSessionStore);

// Ids of users are any text.
function keyOf(userId: string): string {
  return createHash('sha256').update(userId, 'utf16le').digest('base64url');
}

// An empty text is null: no hash is empty, and JSON never is.
function toFields(change: SessionChange & Partial<SessionRecord>): string[] {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    fields.push(name, value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));
  }
  return fields;
}

const texts: ReadonlySet<string> = new Set(['id', 'tokenHash', 'userId']);

function toRecord(found: readonly string[]): SessionRecord {
  const record: Record<string, unknown> = {};
  for (let index = 0; index < found.length; index += 2) {
    const [name, value] = [found[index]!, found[index + 1]!];
    if (name === 'userKey') continue;
    record[name] = texts.has(name) ? value : name === 'familyHash' ? value || null : value === '' ? null : (JSON.parse(value) as unknown);
  }
  return record as unknown as SessionRecord;
}
