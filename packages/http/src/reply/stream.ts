import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { ReplyPlan } from '../route/reply-plan.js';
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
  } else if (isStream(source)) void Promise.resolve(source[Symbol.asyncIterator]().return?.()).catch(ignore);
}

/**
 * Writes a stream at the speed of the client. The head waits for the first piece, so that a source that fails before it still
 * becomes a proper error (`HTTP_REPLY_STREAM`); one that fails later breaks the connection, which is how a client can tell.
 */
export async function writeStream(
  context: RouteContext,
  plan: ReplyPlan,
  source: ByteSource,
  own: readonly string[] | null,
): Promise<void> {
  const { response } = context;
  if (context.request.method === 'HEAD') {
    discardStream(source);
    writeHead(context, plan.head, -1, own);
    context.answered = true;
    response.end();
    return;
  }
  const iterator = (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const release = () => {
    if (source instanceof Readable) source.destroy();
    else void Promise.resolve(iterator.return?.()).catch(ignore);
  };
  response.once('close', release);
  let piece = await firstPiece(context, iterator);
  if (context.answered || response.destroyed) return release();
  writeHead(context, plan.head, -1, own);
  context.answered = true;
  // From here on the client sets the pace; a client that stops reading is cut off by the write-stall limit.
  context.expiresAt = 0;
  try {
    while (piece.done !== true) {
      const bytes = toBytes(piece.value);
      context.bytes += bytes.byteLength;
      if (!response.write(bytes)) {
        watchStall(context);
        if (!(await drained(response))) return release();
      }
      piece = await iterator.next();
    }
    response.off('close', release);
    response.end();
    watchStall(context);
  } catch (error) {
    context.failure = error;
    response.destroy();
  }
}

async function firstPiece(context: RouteContext, iterator: AsyncIterator<unknown>): Promise<IteratorResult<unknown>> {
  try {
    return await iterator.next();
  } catch (cause) {
    throw HTTP_ERRORS.REPLY_STREAM({ route: context.plan?.label ?? '' }, { cause });
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
  throw new TypeError(`A stream gave a ${typeof piece}, where a text or bytes were expected.`);
}

function ignore(): void {}
