import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { ReplyPlan } from '../route/reply-plan.js';
import { isStream, writeStream, type ByteSource } from './stream.js';
import { watchStall } from './write-stall.js';
import { replyFields, writeHead } from './write-head.js';

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
  if (isStream(payload)) return writeStream(context, plan, payload as ByteSource, own);
  throw HTTP_ERRORS.REPLY({
    route: context.plan?.label ?? '',
    reason: `a ${plan.contentType ?? 'media'} body must be a text, bytes or a stream, not ${typeof payload}`,
  });
}

function writeText(context: RouteContext, plan: ReplyPlan, text: string, own: readonly string[] | null): void {
  const length = Buffer.byteLength(text);
  writeHead(context, plan.head, length, own);
  context.answered = true;
  context.bytes = length;
  // Node copies Latin-1 faster than UTF-8, and for ASCII they are the same bytes.
  context.response.end(text, length === text.length ? 'latin1' : 'utf8');
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
