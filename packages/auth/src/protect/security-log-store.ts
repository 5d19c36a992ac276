import { token } from '@plinth/core';

/** A record of the security log. */
export interface SecurityLogRecord {
  /** Its place: 1, 2, 3, … without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970 (UTC). */
  readonly at: number;
  /** What was done, such as `sign-in.password`. */
  readonly type: string;
  readonly outcome: string;
  /** Who did it: the id of a user, where that was known. */
  readonly actor: string | null;
  /** Whom it is about: the id of a user. */
  readonly subject: string | null;
  /** The client's address. */
  readonly client: string | null;
  readonly requestId: string | null;
  /** Further facts, without secrets. */
  readonly data: Readonly<Record<string, string | number | boolean>>;
  /** Which key its hash is made with. */
  readonly keyId: string;
  /** HMAC-SHA-256 over the hash before and everything above, in base64url. */
  readonly hash: string;
}

/** The end of a log at some time: what has to be there later as well. */
export interface SecurityLogAnchor {
  readonly sequence: number;
  readonly hash: string;
}

/** Where the security log is kept: it grows at its end, and is pruned at its beginning. Implement it to keep it elsewhere, and prove it with `describeSecurityLogStore`. */
export interface SecurityLogStore {
  /** True where the caller holds what the store needs, such as the only connection: a record must not be waited for then. */
  readonly blocked?: boolean;
  /** Adds a record, for good. False, and nothing is written, when there is one of this sequence: of two writers at once one wins. */
  append(record: SecurityLogRecord): Promise<boolean>;
  /** The sequence and hash of the last record. */
  last(): Promise<SecurityLogAnchor | undefined>;
  /** The records after a sequence, oldest first, at most `limit`. */
  read(after: number, limit: number): Promise<readonly SecurityLogRecord[]>;
  /** The last records about a user, newest first, at most `limit`; those before a sequence where one is given. */
  recent(subject: string, limit: number, before?: number): Promise<readonly SecurityLogRecord[]>;
  /** Removes the records up to this sequence, in one step; gives their number. Records leave the log at its beginning or not at all. */
  prune(through: number): Promise<number>;
}

/** The store that `SecurityLog` uses. */
export const SECURITY_LOG_STORE = token<SecurityLogStore>('SECURITY_LOG_STORE', { from: 'AuthModule of @plinth/auth' });
