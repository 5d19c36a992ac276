import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { ReplyPlan } from '../route/reply-plan.js';
import { FileBody } from './file.js';
import { isStream, writeStream, type ByteSource } from './stream.js';
import { writeFile } from './write-file.js';
import { watchStall } from './write-stall.js';
import { replyFields, writeAscii, writeHead } from './write-head.js';

/**
 * Writes what the stations have left in the context. A promise only for streams; it never rejects once a byte is out. Until the
 * head is written a throw can still become a proper error, so only then the request counts as answered.
 */
export function writeReply(context: RouteContext): void | Promise<void> {
  const plan = context.replyPlan as ReplyPlan;
  const { payload } = context;
  const own = context.reply === null ? null : replyFields(context.reply);
  if (plan.kind === 'empty') return writeEmpty(context, plan, own);
  if (typeof payload === 'string') return writeText(context, plan, payload, own);
  if (payload instanceof Uint8Array) return writeBytes(context, plan, payload, own);
  if (isStream(payload)) return writeStream(context, plan.head, payload as ByteSource, own);
  if (payload instanceof FileBody) return writeFile(context, plan, payload, own ?? []);
  if (payload instanceof Blob) return writeStream(context, plan.head, payload.stream(), own, payload.size);
  if (ArrayBuffer.isView(payload))
    return writeBytes(context, plan, new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength), own);
  if (payload instanceof ArrayBuffer) return writeBytes(context, plan, new Uint8Array(payload), own);
  throw HTTP_ERRORS.REPLY({
    route: context.plan?.label ?? '',
    reason: `a ${plan.contentType ?? 'media'} body must be a text, bytes, a file or a stream, not ${typeof payload}`,
  });
}

function writeText(context: RouteContext, plan: ReplyPlan, text: string, own: readonly string[] | null): void {
  const length = Buffer.byteLength(text);
  context.bytes = length;
  // Node copies Latin-1 faster than UTF-8, and for ASCII they are the same bytes.
  if (length === text.length) writeAscii(context, plan.head, text, own);
  else {
    writeHead(context, plan.head, length, own);
    context.answered = true;
    context.response.end(text, 'utf8');
  }
  watchStall(context);
}

function writeBytes(context: RouteContext, plan: ReplyPlan, bytes: Uint8Array, own: readonly string[] | null): void {
  writeHead(context, plan.head, bytes.byteLength, own);
  context.answered = true;
  context.bytes = bytes.byteLength;
  context.response.end(bytes);
  watchStall(context);
}

function writeEmpty(context: RouteContext, plan: ReplyPlan, own: readonly string[] | null): void {
  writeHead(context, plan.head, 0, own);
  context.answered = true;
  context.response.end();
}
