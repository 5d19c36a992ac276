import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { Head } from '../route/reply-plan.js';
import { gatherText } from './gather-text.js';
import { iteratorOf } from './iterator-of.js';
import { writeHead } from './write-head.js';
import { watchStall } from './write-stall.js';

/** A body that comes piece by piece. */
export type ByteSource = Readable | ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Whether a value is a Node stream, a web stream or an async iterable. */
export function isStream(value: unknown): value is ByteSource {
  return typeof value === 'object' && value !== null && typeof (value as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function';
}

/** Ends a source that nobody will read. */
export function discardStream(source: unknown): void {
  if (source instanceof Readable) {
    source.on('error', ignore);
    source.destroy();
  } else if (source instanceof ReadableStream) {
    if (!source.locked) source.cancel().catch(ignore);
  } else if (source instanceof Response) discardStream(source.body);
  else if (isStream(source)) void endIterator(() => source[Symbol.asyncIterator]());
}

/**
 * Writes a stream at the speed of the client. The head waits for the first piece, so that a source that fails before it still
 * becomes a proper error (`HTTP_REPLY_STREAM`); one that fails later breaks the connection, which is how a client can tell. `length`
 * in bytes where it is known, else -1. The source is released on every way out.
 */
export async function writeStream(
  context: RouteContext,
  head: Head,
  source: ByteSource,
  own: readonly string[] | null,
  length = -1,
): Promise<void> {
  const { response } = context;
  if (context.request.method === 'HEAD') {
    discardStream(source);
    writeHead(context, head, length, own);
    context.answered = true;
    response.end();
    return;
  }
  const iterator = openIterator(context, source);
  const release = () => {
    if (source instanceof Readable) discardStream(source);
    // A generator that waits for its next piece ends with that; nobody waits for it.
    else void endIterator(() => iterator);
  };
  response.once('close', release);
  let piece = await firstPiece(context, iterator);
  if (context.answered || response.destroyed) return release();
  try {
    writeHead(context, head, length, own);
  } catch (error) {
    // A header that cannot be sent is an ordinary error still.
    release();
    throw error;
  }
  context.answered = true;
  // From here on the client sets the pace; a client that stops reading is cut off by the write-stall limit.
  context.expiresAt = 0;
  try {
    while (piece.done !== true) {
      const bytes = toBytes(piece.value);
      context.bytes += bytes.byteLength;
      if (bytes.byteLength > 0 && !response.write(bytes)) {
        watchStall(context);
        if (!(await drained(response))) return release();
      }
      piece = await iterator.next();
    }
    response.off('close', release);
    response.end();
    watchStall(context);
  } catch (error) {
    // A source that is told by its signal that nobody reads may throw: that is no fault.
    if (!context.left) context.failure = error;
    release();
    response.destroy();
  }
}

function openIterator(context: RouteContext, source: ByteSource): AsyncIterator<unknown> {
  try {
    const iterator = iteratorOf(source as AsyncIterable<unknown>);
    return source instanceof Readable ? iterator : gatherText(iterator);
  } catch (cause) {
    // Such as a web stream that somebody else is reading.
    throw HTTP_ERRORS.REPLY_STREAM({ route: context.plan?.label ?? '' }, { cause });
  }
}

async function firstPiece(context: RouteContext, iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  try {
    const piece = await iterator.next();
    if (piece.done !== true) toBytes(piece.value);
    return piece;
  } catch (cause) {
    void endIterator(() => iterator);
    throw HTTP_ERRORS.REPLY_STREAM({ route: context.plan?.label ?? '' }, { cause });
  }
}

async function endIterator(open: () => AsyncIterator<unknown>): Promise<void> {
  try {
    await open().return?.();
  } catch {
    // Whoever has failed while it was left has nobody to tell it to.
  }
}

function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve(false);
    const settle = () => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve(!response.destroyed);
    };
    response.on('drain', settle);
    response.on('close', settle);
  });
}

function toBytes(piece: unknown): Uint8Array {
  if (typeof piece === 'string') return Buffer.from(piece);
  if (piece instanceof Uint8Array) return piece;
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  throw new TypeError(`A stream gave a ${typeof piece}, where a text or bytes were expected.`);
}

function ignore(): void {}
