import { newId, parseDuration, runUninterrupted } from '@plinth/core';
import { defineAround, type InnerAround, type Next } from '../around/define-around.js';
import type { AroundContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';
import type { Reply } from '../reply/reply.js';
import { clientKey } from '../request/client-key.js';
import type { RouteContext } from '../request/http-context.js';
import { canonical, hashOf } from './fingerprint.js';
import { IDEMPOTENCY_STORE, type IdempotencyStore } from './idempotency-store.js';
import { readKey } from './read-key.js';
import { encodeReply, replay } from './stored-reply.js';

/** How a route treats idempotency keys; times are milliseconds or texts such as `24h`. */
export interface IdempotentOptions {
  /** How long a reply is kept. Default `24h`. */
  readonly ttl?: number | string;
  /** Whether a request without a key is refused with 400. Default false: it is no idempotent one. */
  readonly required?: boolean;
  /** How long a repeat waits for the first request to be answered, before 409. 0 does not wait. Default `5s`. */
  readonly wait?: number | string;
  /** After how long the key of a process that died is free. Default: twice the route's deadline, at least `60s`. */
  readonly lock?: number | string;
  /** Bytes of a body that is kept. A larger one is sent once; repeats get 409 (`HTTP_IDEMPOTENCY_UNREPEATABLE`). Default 256 KiB. */
  readonly maxSize?: number;
  /** Whose the key is. Default: the `id` of the guards' `user`, else the credential in `Authorization`, else the client's address. */
  readonly by?: (context: AroundContext) => string;
}

/**
 * An around by which a repeated request has the effect of one (draft-ietf-httpapi-idempotency-key-header). With the same
 * `Idempotency-Key`, principal and route: the same request is given the first one's reply, with `Idempotency-Replayed: true`; one that
 * comes while the first runs waits, then 409 (`HTTP_IDEMPOTENCY_BUSY`); another request 422 (`HTTP_IDEMPOTENCY_MISMATCH`). What throws,
 * and a reply of 500 and above, frees the key. With the store in SQL the reply is stored in the transaction of the handler's writes.
 *
 * @example
 * @signedIn.Post('/', { body: NewPayment, returns: { 201: Payment }, around: [idempotent({ required: true })] })
 */
export function idempotent(options: IdempotentOptions = {}): InnerAround {
  const settings = settle(options);
  return defineAround({
    name: 'idempotent',
    deps: [IDEMPOTENCY_STORE],
    run: (context, next, store) => run(context as AroundContext & RouteContext, next, store, settings),
  });
}

interface Settings {
  readonly ttl: number;
  readonly required: boolean;
  readonly wait: number;
  readonly lock: number | undefined;
  readonly maxSize: number;
  readonly by: (context: AroundContext & RouteContext) => string;
}

// What only reads is idempotent by itself (RFC 9110, 9.2.2).
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY']);

async function run(context: AroundContext & RouteContext, next: Next, store: IdempotencyStore, settings: Settings): Promise<Reply> {
  if (safe.has(context.method)) return next();
  const header = context.header('idempotency-key');
  if (header === undefined) {
    if (settings.required) throw HTTP_ERRORS.IDEMPOTENCY_KEY({ reason: 'is missing, and this route needs one' });
    return next();
  }
  const label = context.plan?.label ?? '';
  const key = hashOf(settings.by(context), label, readKey(header));
  const fingerprint = hashOf(label, canonical(context.params), canonical(context.query), canonical(context.body));
  const owner = newId();
  const own = { fingerprint, owner, lock: settings.lock ?? lockOf(context) };
  const stored = await claim(context, store, { key, own, wait: settings.wait });
  if (stored !== undefined) return replay(context, stored);
  try {
    const work = () => answer(context, next, store, { key, owner, settings });
    return await (store.together === undefined ? work() : store.together(work));
  } catch (error) {
    // Also where the client has gone: its next try must not wait for the lock.
    await runUninterrupted(() => store.release(key, owner)).catch((err: unknown) =>
      // Its lock will end by itself.
      context.log.warn({ err }, 'an idempotency key could not be freed'),
    );
    throw error;
  }
}

interface Claim {
  readonly fingerprint: string;
  readonly owner: string;
  readonly lock: number;
}

interface Wanted {
  readonly key: string;
  readonly own: Claim;
  readonly wait: number;
}

/** `undefined` when the key is ours, else the reply that another request stored. */
async function claim(context: RouteContext, store: IdempotencyStore, { key, own, wait }: Wanted): Promise<string | undefined> {
  const end = performance.now() + wait;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    // Never half: a claim that is cut off would hold its key until the lock ends.
    const found = await runUninterrupted(() => store.claim(key, own));
    if (found.state === 'claimed') return undefined;
    if (found.fingerprint !== own.fingerprint) throw HTTP_ERRORS.IDEMPOTENCY_MISMATCH();
    if (found.state === 'done') return found.reply;
    const left = end - performance.now();
    if (left <= 0 || context.abortReason !== undefined) throw HTTP_ERRORS.IDEMPOTENCY_BUSY();
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, left)));
  }
}

interface Owned {
  readonly key: string;
  readonly owner: string;
  readonly settings: Settings;
}

async function answer(context: RouteContext, next: Next, store: IdempotencyStore, { key, owner, settings }: Owned): Promise<Reply> {
  const reply = await next();
  if (reply.status >= 500) {
    await store.release(key, owner);
    return reply;
  }
  // Where the store can, this takes back what the handler wrote: another request has begun, and will write it.
  if (!(await store.complete(key, owner, encodeReply(context, reply, settings.maxSize), settings.ttl)))
    throw HTTP_ERRORS.IDEMPOTENCY_LOST();
  return reply;
}

function lockOf(context: RouteContext): number {
  return Math.max(60_000, 2 * (context.plan?.timeout ?? 0));
}

function principalOf(context: AroundContext & RouteContext & { readonly user?: { readonly id?: unknown } }): string {
  const id = context.user?.id;
  if (id !== undefined && id !== null) return `user ${String(id)}`;
  // Guards that give no user: whoever holds the credential is one.
  const credential = context.header('authorization');
  return credential === undefined ? `client ${clientKey(context.ip)}` : `credential ${credential}`;
}

function settle(options: IdempotentOptions): Settings {
  const { maxSize = 256 * 1024, by } = options;
  if (!Number.isSafeInteger(maxSize) || maxSize < 0) throw refuse('maxSize', maxSize, 'a whole number of bytes');
  return {
    ttl: time('ttl', options.ttl ?? '24h', 1),
    required: options.required === true,
    wait: time('wait', options.wait ?? '5s', 0),
    lock: options.lock === undefined ? undefined : time('lock', options.lock, 1),
    maxSize,
    // Of two kinds, so that no text of the author's is mistaken for a principal of ours.
    by: by === undefined ? principalOf : (context) => `own ${by(context)}`,
  };
}

function time(name: string, given: number | string, least: number): number {
  const ms = typeof given === 'number' ? given : parseDuration(given);
  if (ms === undefined || !Number.isFinite(ms) || ms < least) throw refuse(name, given, 'a time such as "24h"');
  return Math.round(ms);
}

function refuse(option: string, given: unknown, expected: string): Error {
  return HTTP_ERRORS.IDEMPOTENCY_OPTIONS({ option, given: JSON.stringify(given), expected });
}
