import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AppKey } from '@plinth/core';
import { canonicalJson } from './canonical-json.js';
import type { SecurityLogAnchor, SecurityLogRecord } from './security-log-store.js';

/** What is wrong with a record: it is not there; it, or what stands before it, is not what was written; its key is not known here. */
export type ChainFault = 'missing' | 'altered' | 'unknown-key';

/** A record before it has its place. */
export type UnplacedRecord = Omit<SecurityLogRecord, 'sequence' | 'keyId' | 'hash'>;

// What the first record follows.
const START = 'plinth:security-log';

/**
 * Seals records into a chain: each hash is `HMAC-SHA-256(key, hash before || canonical JSON)`. The key comes from `APP_KEY` and is not in
 * the database, so that whoever writes there cannot make a record that passes.
 */
export class SecurityLogChain {
  readonly #current: { readonly id: string; readonly key: Buffer };
  readonly #keys: ReadonlyMap<string, Buffer>;

  constructor(appKey: AppKey) {
    const keys = [appKey.derive('auth.security-log'), ...appKey.derivePrevious('auth.security-log')];
    this.#keys = new Map(keys.map((key) => [idOf(key), key]));
    this.#current = { id: idOf(keys[0]!), key: keys[0]! };
  }

  /** The record in its place after `last`. */
  seal(record: UnplacedRecord, last: SecurityLogAnchor | undefined): SecurityLogRecord {
    const placed = { ...record, sequence: (last?.sequence ?? 0) + 1, keyId: this.#current.id };
    return { ...placed, hash: hashOf(this.#current.key, last?.hash, placed) };
  }

  /** What is wrong with a record that stands after `last`, if anything is. */
  check(record: SecurityLogRecord, last: SecurityLogAnchor | undefined): ChainFault | undefined {
    if (record.sequence !== (last?.sequence ?? 0) + 1) return 'missing';
    const key = this.#keys.get(record.keyId);
    if (key === undefined) return 'unknown-key';
    const { hash, ...placed } = record;
    const [expected, given] = [Buffer.from(hashOf(key, last?.hash, placed)), Buffer.from(hash)];
    return expected.length === given.length && timingSafeEqual(expected, given) ? undefined : 'altered';
  }
}

function hashOf(key: Buffer, before: string | undefined, placed: Omit<SecurityLogRecord, 'hash'>): string {
  return createHmac('sha256', key)
    .update(`${before ?? START}\n${canonicalJson(placed)}`)
    .digest('base64url');
}

// It tells keys apart and says nothing of them.
function idOf(key: Buffer): string {
  return createHash('sha256').update('plinth:key-id').update(key).digest().subarray(0, 6).toString('base64url');
}
