import { HTTP_ERRORS } from '../errors.js';
import { Html } from '../html/html.js';
import { Reply } from '../reply/reply.js';
import { FileBody } from '../reply/file.js';
import { discardStream } from '../reply/stream.js';
import type { RouteContext } from '../request/http-context.js';
import { replyBreach } from './reply-breach.js';
import type { ReplyPlan } from './reply-plan.js';
import type { RoutePlan } from './route-plan.js';

/**
 * Turns what a handler gave into what is written: picks the plan of its status, and serializes. Throws `HTTP_REPLY` and
 * `HTTP_REPLY_STATUS` when it breaks the contract.
 */
export function prepareReply(context: RouteContext, plan: RoutePlan, value: unknown): void {
  if (typeof value !== 'object') return prepareBare(context, plan, value);
  if (value instanceof Reply) {
    context.reply = value;
    prepareBody(context, plan, planFor(plan, value.status, value.body), value.body);
  } else if (value instanceof Response) prepareResponse(context, plan, value);
  else prepareBare(context, plan, value);
}

function prepareBare(context: RouteContext, plan: RoutePlan, value: unknown): void {
  context.reply = null;
  context.bareValue = value;
  prepareBody(context, plan, plan.bare ?? bareFor(plan, value), value);
}

function prepareBody(context: RouteContext, plan: RoutePlan, reply: ReplyPlan, body: unknown): void {
  context.replyPlan = reply;
  if (reply.kind === 'json') context.payload = serialize(plan, reply, body);
  else if (reply.kind === 'text') context.payload = textOf(plan, body);
  else if (reply.kind === 'empty') refuseBody(plan, reply, body);
  else prepareMedia(context, plan, reply, body);
}

function prepareMedia(context: RouteContext, plan: RoutePlan, reply: ReplyPlan, body: unknown): void {
  if (body instanceof Response) return prepareResponse(context, plan, body, reply);
  context.payload = reply.encode !== null ? reply.encode(body, context) : body instanceof Html ? body.text : body;
  // A file says its type when it is opened.
  if (reply.byType !== null && context.replyPlan === reply && !(body instanceof FileBody))
    context.replyPlan = reply.byType(typeOfBody(body));
}

/** The media type of a body that the contract leaves open. */
function typeOfBody(body: unknown): string {
  if (body instanceof Html) return 'text/html; charset=utf-8';
  if (typeof body === 'string') return 'text/plain; charset=utf-8';
  return body instanceof Blob ? wellFormedType(body.type) : 'application/octet-stream';
}

function wellFormedType(type: string): string {
  return /^[!#$%&'+.^_`|~0-9A-Za-z-]+\/[!#$%&'+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[\x20-\x7e]*)?$/.test(type) ? type : 'application/octet-stream';
}

function serialize(plan: RoutePlan, reply: ReplyPlan, body: unknown): string {
  let text: string | undefined;
  try {
    text = reply.serialize?.(body);
  } catch (cause) {
    throw replyBreach(plan.label, reply.status, cause, body);
  }
  if (typeof text !== 'string')
    throw HTTP_ERRORS.REPLY({ route: plan.label, reason: `status ${reply.status} declares a body, and the handler gave none` });
  return text;
}

function textOf(plan: RoutePlan, body: unknown): string {
  if (typeof body === 'string') return body;
  throw HTTP_ERRORS.REPLY({ route: plan.label, reason: `without \`returns\` only a text or nothing can be sent, not ${describe(body)}` });
}

function refuseBody(plan: RoutePlan, reply: ReplyPlan, body: unknown): void {
  if (body === undefined || body === null) return;
  discardStream(body);
  throw HTTP_ERRORS.REPLY({ route: plan.label, reason: `status ${reply.status} has no body, and the handler gave ${describe(body)}` });
}

function planFor(plan: RoutePlan, status: number, body: unknown): ReplyPlan {
  const declared = plan.replies.get(status) ?? undeclaredFor(plan, status, body);
  if (declared !== undefined) return declared;
  discardStream(body);
  throw HTTP_ERRORS.REPLY_STATUS({ route: plan.label, status, declared: [...plan.replies.keys()].join(', ') || '200 with a text, 204' });
}

function undeclaredFor(plan: RoutePlan, status: number, body: unknown): ReplyPlan | undefined {
  if (plan.undeclared === null) return undefined;
  if (status === 204) return plan.undeclared.empty;
  return status === 200 && typeof body === 'string' ? plan.undeclared.text : undefined;
}

function bareFor(plan: RoutePlan, value: unknown): ReplyPlan {
  if (plan.undeclared !== null) return value === undefined || value === null ? plan.undeclared.empty : plan.undeclared.text;
  discardStream(value);
  throw HTTP_ERRORS.REPLY({
    route: plan.label,
    reason: `with the statuses ${[...plan.replies.keys()].join(', ')} declared, the handler must return a Reply that says which is meant`,
  });
}

// A fetch Response stands for a media type: its bytes are not checked, so its status must be declared as media(...).
function prepareResponse(context: RouteContext, plan: RoutePlan, response: Response, given?: ReplyPlan): void {
  const declared = given ?? planFor(plan, response.status, response.body);
  if (response.bodyUsed) throw HTTP_ERRORS.REPLY({ route: plan.label, reason: 'the body of its Response has been read already' });
  if (declared.kind === 'json' || declared.kind === 'text') {
    discardStream(response.body);
    throw HTTP_ERRORS.REPLY({
      route: plan.label,
      reason: `a Response can only be sent where \`returns\` says media(...), not for status ${response.status}`,
    });
  }
  const headers = Object.fromEntries([...response.headers].filter(([name]) => !ignored.has(name)));
  const outer = given === undefined ? null : context.reply;
  context.reply = new Reply(declared.status, undefined, { headers: { ...headers, ...outer?.headers }, cookies: outer?.cookies ?? [] });
  context.replyPlan = declared.byType === null ? declared : declared.byType(wellFormedType(response.headers.get('content-type') ?? ''));
  context.payload = response.body ?? '';
}

// The contract's media type is what was promised; framing is the server's.
const ignored = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'set-cookie',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
