import { HTTP_ERRORS } from '../errors.js';
import { Reply, type ReplyHeaders } from '../reply/reply.js';
import { discardStream } from '../reply/stream.js';
import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';

interface Stored {
  readonly status: number;
  readonly headers?: ReplyHeaders;
  readonly text?: string;
  readonly base64?: string;
  /** The reply was larger than what is kept. */
  readonly cut?: true;
}

/**
 * The checked reply in the context as a text: status, the reply's own headers, and the body as it is sent. Cookies are left out, as
 * they belong to the first caller. Throws `HTTP_IDEMPOTENCY_REPLY` for a stream, which cannot be sent twice.
 */
export function encodeReply(context: RouteContext, reply: Reply, maxSize: number): string {
  const { payload } = context;
  const plan = context.plan as RoutePlan;
  const empty = context.replyPlan?.kind === 'empty';
  if (!empty && typeof payload !== 'string' && !(payload instanceof Uint8Array)) {
    discardStream(payload);
    throw HTTP_ERRORS.IDEMPOTENCY_REPLY({ route: plan.label });
  }
  const head = { status: reply.status, ...(reply.headers !== undefined && { headers: reply.headers }) };
  const size = empty ? 0 : Buffer.byteLength(payload as string | Uint8Array);
  if (size > maxSize) return JSON.stringify({ status: reply.status, cut: true } satisfies Stored);
  const body = empty
    ? {}
    : typeof payload === 'string'
      ? { text: payload }
      : { base64: Buffer.from(payload as Uint8Array).toString('base64') };
  return JSON.stringify({ ...head, ...body } satisfies Stored);
}

/** Puts a stored reply into the context as the first one stood there: the same bytes, whatever has become of its data since. */
export function replay(context: RouteContext, stored: string): Reply {
  const { status, headers, text, base64, cut } = JSON.parse(stored) as Stored;
  const plan = context.plan as RoutePlan;
  if (cut === true) throw HTTP_ERRORS.IDEMPOTENCY_UNREPEATABLE();
  const replyPlan = plan.replies.get(status) ?? (status === 204 ? plan.undeclared?.empty : plan.undeclared?.text);
  const payload = base64 === undefined ? text : Buffer.from(base64, 'base64');
  const body = replyPlan?.kind === 'json' && text !== undefined ? (JSON.parse(text) as unknown) : payload;
  const reply = new Reply(status, body, { headers: { ...headers, 'idempotency-replayed': 'true' } });
  // Since then the contract has lost the status: the server checks the reply as any other, and says so.
  if (replyPlan === undefined) return reply;
  context.replyPlan = replyPlan;
  context.payload = payload;
  return (context.reply = reply);
}
