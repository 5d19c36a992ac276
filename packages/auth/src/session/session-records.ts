import { newId } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { SessionDevice } from './session-device.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionRecord, StoredAuth } from './session-store.js';
import { hashSessionFamily, hashSessionToken } from './session-token.js';

/** How a session is started. */
export interface NewSessionOptions {
  /** What to keep with it, at most 4 KiB as JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The token that the request came with: that session ends, so that the one after sign-in is always a new one. */
  readonly replaces?: string | undefined;
  /** "Remember me": the longer lifetimes. */
  readonly remember?: boolean;
  /** How the user has just proved who they are, by names of RFC 8176: `['pwd']`. `stepUp` asks for them. */
  readonly methods?: readonly string[];
  /** It opens nothing but the second step, until `confirm`. */
  readonly pending?: boolean;
  /** Where it is started: `deviceOf(context)`. */
  readonly device?: SessionDevice | undefined;
}

const MAX_DATA_BYTES = 4_096;
// RFC 8176, section 2, has short lower-case names; others may be registered.
const METHOD = /^[\w.:-]{1,64}$/;

/** The record of a session that begins now. Throws `AUTH_SESSION_TOO_LARGE`, `AUTH_SESSION_METHOD`. */
export function newRecord(
  userId: string,
  token: string,
  options: NewSessionOptions,
  settings: SessionSettings,
  now: number,
): SessionRecord {
  const { data = {}, methods = [], pending = false, remember = false } = options;
  checkSize(data);
  return {
    id: newId(),
    tokenHash: hashSessionToken(token),
    familyHash: hashSessionFamily(token) ?? null,
    userId,
    createdAt: now,
    seenAt: now,
    ...lifetimeOf({ pending, remember }, settings, now),
    auth: proved({ at: 0, methods: {} }, methods, now),
    pending,
    remember,
    device: options.device ?? null,
    rotation: null,
    data,
  };
}

/** How long a session lives that begins, or is confirmed, now. */
export function lifetimeOf(
  { pending, remember }: { readonly pending: boolean; readonly remember: boolean },
  settings: SessionSettings,
  now: number,
): Pick<SessionRecord, 'idleUntil' | 'endsAt'> {
  if (pending) return { idleUntil: now + settings.pending, endsAt: now + settings.pending };
  const endsAt = now + (remember ? settings.rememberAbsolute : settings.absolute);
  return { endsAt, idleUntil: Math.min(endsAt, now + (remember ? settings.rememberIdle : settings.idle)) };
}

/** What is known of the user after proofs of these kinds. Throws `AUTH_SESSION_METHOD`. */
export function proved(before: StoredAuth, methods: readonly string[], now: number): StoredAuth {
  const wrong = methods.find((method) => !METHOD.test(method));
  if (wrong !== undefined) throw AUTH_ERRORS.SESSION_METHOD({ method: JSON.stringify(wrong.slice(0, 80)) });
  if (methods.length === 0) return before;
  return { at: now, methods: { ...before.methods, ...Object.fromEntries(methods.map((method) => [method, now])) } };
}

/** Throws `AUTH_SESSION_TOO_LARGE`. */
export function checkSize(data: Readonly<Record<string, unknown>>): void {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes > MAX_DATA_BYTES) throw AUTH_ERRORS.SESSION_TOO_LARGE({ bytes, limit: MAX_DATA_BYTES });
}

/** Whether a session is over, unused or after its absolute lifetime. */
export function isOver(record: SessionRecord, now: number): boolean {
  return now >= record.idleUntil || now >= record.endsAt;
}

/** What CSRF tokens are bound to: it stays when a token is only renewed, and changes when the user's rights do. */
export function bindingOf(record: SessionRecord): string {
  return record.rotation?.origin ?? record.tokenHash;
}
