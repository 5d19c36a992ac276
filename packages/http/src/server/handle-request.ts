import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { runStations } from '../feature/run-stations.js';
import { discardStream } from '../reply/stream.js';
import { writeReply } from '../reply/write-reply.js';
import type { Hosts } from '../request/hosts.js';
import { RouteContext } from '../request/http-context.js';
import { readPath } from '../request/read-path.js';
import { storeOf } from '../request/request-store.js';
import type { RoutePlan } from '../route/route-plan.js';
import { runRoute } from '../route/run-route.js';
import type { Router } from '../router/router.js';
import { watchDeadlines } from './deadlines.js';
import { checkEarly, originForm } from './early-checks.js';
import { fail, SHORT_BODY } from './fail.js';
import { finish } from './finish.js';
import { answerMiss, type MissOptions } from './route-miss.js';
import type { ServerState } from './server-state.js';
import type { TrackedSocket } from './tracked-socket.js';

/** What the hot path is made with. */
export interface HandlerParts {
  readonly state: ServerState;
  readonly router: Router<RoutePlan>;
  readonly hosts: Hosts;
  readonly miss: MissOptions;
  readonly features: readonly FeatureParts[];
}

/** Answers one request. Never throws. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

/** The hot path: early checks, router, stations, answer. Synchronous until a station waits for something. */
export function createRequestHandler({ state, router, hosts, miss, features }: HandlerParts): RequestHandler {
  const missed = features.flatMap((feature) => feature.miss ?? []);
  return (request, response, expectsContinue) => {
    const context = new RouteContext(state, request, response);
    (request.socket as TrackedSocket).plinthRequest = context;
    if (expectsContinue) context.expectsContinue = context.last = true;
    try {
      checkEarly(context, hosts);
      const plan = findRoute(context, router);
      if (plan === undefined) return handleMiss(context, router, miss, missed);
      context.plan = plan;
      if (plan.body === null && context.bodyLength > SHORT_BODY) context.last = true;
      if (state.openRequests.count >= state.limits.inFlight && !plan.vital) throw HTTP_ERRORS.OVERLOADED();
      context.expiresAt = context.startedAt + plan.timeout;
      const waiting = plan.usesContext ? runWithStore(context, plan) : runAndReply(context, plan);
      if (waiting !== undefined) wait(context, waiting);
    } catch (error) {
      fail(context, error);
    }
  };
}

type MissStation = NonNullable<FeatureParts['miss']>;

function handleMiss(context: RouteContext, router: Router<RoutePlan>, miss: MissOptions, stations: readonly MissStation[]): void {
  const answer = () => {
    if (!context.answered) answerMiss(context, router, miss);
    finish(context, undefined);
  };
  if (stations.length === 0) return answer();
  const found = { methods: router.methodsOf(context.path), plan: (method: string) => router.find(method, context.path, []) };
  const waiting = runStations(
    context,
    stations.map((station) => (passing) => station(passing, found)),
  );
  if (waiting === undefined) answer();
  else {
    context.expiresAt = context.startedAt + context.server.limits.timeout;
    wait(context, waiting.then(answer));
  }
}

function findRoute(context: RouteContext, router: Router<RoutePlan>): RoutePlan | undefined {
  const { url } = context;
  const target = url.charCodeAt(0) === 0x2f ? url : originForm(context);
  if (target === undefined) return undefined;
  const question = target.indexOf('?');
  const raw = question === -1 ? target : target.slice(0, question);
  // Offsets hold for `url` as well: what an absolute form has in front stands before the question mark.
  if (question !== -1) context.queryStart = question + 1 + url.length - target.length;
  const path = readPath(raw);
  context.path = path;
  const values: string[] = [];
  const plan = router.find(context.method, path, values);
  if (plan !== undefined && values.length > 0) context.params = nameValues(plan, values, context.server.limits.param);
  return plan;
}

function nameValues({ names }: RoutePlan, values: readonly string[], limit: number): Record<string, string> {
  const params: Record<string, string> = {};
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as string;
    if (value.length > limit) throw HTTP_ERRORS.PARAM_TOO_LONG({ name: names[index], limit });
    params[names[index] as string] = value;
  }
  return params;
}

// Here as in run-route, closures stand in functions of their own: a function that holds one pays for its variables on every call,
// whether it comes to make it or not.
function runWithStore(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  return runInContext(storeOf(context), () => runAndReply(context, plan));
}

function runAndReply(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  const waiting = runRoute(context, plan);
  return waiting === undefined ? reply(context) : replyAfter(waiting, context);
}

function replyAfter(waiting: Promise<void>, context: RouteContext): Promise<void> {
  return waiting.then(() => reply(context));
}

function reply(context: RouteContext): void | Promise<void> {
  // The deadline, or the client's leaving, was the answer.
  if (context.answered) return discardStream(context.payload);
  const { plan } = context;
  if (plan !== null && plan.leaving !== null) {
    const waiting = runStations(context, plan.leaving);
    if (waiting !== undefined) return writeAfter(waiting, context);
  }
  return write(context);
}

function writeAfter(waiting: Promise<void>, context: RouteContext): Promise<void> {
  return waiting.then(() => write(context));
}

function write(context: RouteContext): void | Promise<void> {
  if (context.answered) return discardStream(context.payload);
  const streaming = writeReply(context);
  if (streaming !== undefined) return finishAfter(streaming, context);
  finish(context, undefined);
}

function finishAfter(streaming: Promise<void>, context: RouteContext): Promise<void> {
  return streaming.then(() => finish(context, undefined));
}

function wait(context: RouteContext, waiting: Promise<void>): void {
  context.open();
  watchDeadlines(context.server);
  context.response.on('close', () => onClose(context));
  waiting.then(undefined, (error: unknown) => fail(context, error));
}

/** The connection ended before the answer did: nobody waits any more, and the handler's signal says so. */
function onClose(context: RouteContext): void {
  if (context.response.writableFinished) return;
  context.abort(new DOMException('The client has closed the connection.', 'AbortError'));
  if (context.answered) return;
  context.answered = true;
  context.status = 499;
  finish(context, context.request.complete ? undefined : HTTP_ERRORS.BODY_CUT.code);
}
