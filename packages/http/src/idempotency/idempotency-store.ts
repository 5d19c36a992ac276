import { token } from '@plinth/core';

/** What a request claims a key with. */
export interface IdempotencyClaim {
  /** Stands for the request: the same for a repeat of it, another for any other. 43 characters. */
  readonly fingerprint: string;
  /** Unique to this claim; at most 36 characters. */
  readonly owner: string;
  /** Milliseconds after which the claim of a process that died is nobody's. */
  readonly lock: number;
}

/**
 * What became of a claim. `claimed`: the key is the caller's. `running`: another request holds it. `done`: another one has answered,
 * with the reply that it stored.
 */
export type Claimed =
  | { readonly state: 'claimed' }
  | { readonly state: 'running'; readonly fingerprint: string }
  | { readonly state: 'done'; readonly fingerprint: string; readonly reply: string };

/** Keeps idempotency keys. Keys are 43 characters of base64url. */
export interface IdempotencyStore {
  /** Claims a key that is new, has expired, or whose lock has; of many at the same time exactly one is given it. */
  claim(key: string, claim: IdempotencyClaim): Promise<Claimed>;
  /** Stores the reply for `ttl` milliseconds. `false`, and nothing is stored, when the key is not `owner`'s any more. */
  complete(key: string, owner: string, reply: string, ttl: number): Promise<boolean>;
  /** Gives up a claim that was not completed; nothing happens when the key is not `owner`'s. */
  release(key: string, owner: string): Promise<void>;
  /** Runs the handler and `complete` so that what both write takes effect together or not at all. For stores that can. */
  together?<T>(work: () => Promise<T>): Promise<T>;
}

/** Where idempotency keys are kept; `IdempotencyModule` provides it. */
export const IDEMPOTENCY_STORE = token<IdempotencyStore>('IDEMPOTENCY_STORE', { from: 'IdempotencyModule of @plinth/http/idempotency' });
