import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { runStations } from '../feature/run-stations.js';
import { discardStream } from '../reply/stream.js';
import { writeReply } from '../reply/write-reply.js';
import type { Hosts } from '../request/hosts.js';
import { RouteContext } from '../request/http-context.js';
import type { PathReader } from '../request/read-path.js';
import { storeOf } from '../request/request-store.js';
import type { RoutePlan } from '../route/route-plan.js';
import { runRoute } from '../route/run-route.js';
import type { Router } from '../router/router.js';
import { checkEarly, originForm } from './early-checks.js';
import { fail, SHORT_BODY } from './fail.js';
import { finish } from './finish.js';
import { wait } from './wait.js';
import { admit } from './admit.js';
import { publishStart } from './request-events.js';
import { handleMiss, type MissOptions } from './route-miss.js';
import type { ServerState } from './server-state.js';
import type { TrackedSocket } from './tracked-socket.js';

/** What the hot path is made with. */
export interface HandlerParts {
  readonly state: ServerState;
  readonly router: Router<RoutePlan>;
  readonly hosts: Hosts;
  readonly readPath: PathReader;
  readonly miss: MissOptions;
  readonly features: readonly FeatureParts[];
}

/** Answers one request. Never throws. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void;

/** The hot path: early checks, router, stations, answer. Synchronous until a station waits for something. */
export function createRequestHandler({ state, router, hosts, readPath, miss, features }: HandlerParts): RequestHandler {
  const missed = features.flatMap((feature) => feature.miss ?? []);
  return (request, response, expectsContinue) => {
    const context = new RouteContext(state, request, response);
    (request.socket as TrackedSocket).plinthRequest = context;
    if (expectsContinue) context.expectsContinue = context.last = true;
    try {
      checkEarly(context, hosts);
      const plan = findRoute(context, router, readPath);
      if (plan === undefined) {
        publishStart(context);
        return handleMiss(context, router, miss, missed, runPlan);
      }
      context.plan = plan;
      publishStart(context);
      if (plan.body === null && context.bodyLength > SHORT_BODY) context.last = true;
      if (!plan.vital && !admit(context, plan)) return;
      context.expiresAt = context.startedAt + plan.timeout;
      const waiting = runPlan(context, plan);
      if (waiting !== undefined) wait(context, waiting);
    } catch (error) {
      fail(context, error);
    }
  };
}

function findRoute(context: RouteContext, router: Router<RoutePlan>, readPath: PathReader): RoutePlan | undefined {
  const { url } = context;
  const target = url.charCodeAt(0) === 0x2f ? url : originForm(context);
  if (target === undefined) return undefined;
  const question = target.indexOf('?');
  const raw = question === -1 ? target : target.slice(0, question);
  // Offsets hold for `url` as well: what an absolute form has in front stands before the question mark.
  if (question !== -1) {
    context.queryStart = question + 1 + url.length - target.length;
    // A fragment never leaves a browser: for others the query would end there.
    if (target.includes('#', question)) throw HTTP_ERRORS.QUERY({ reason: 'it holds a "#"' });
  }
  const path = readPath(raw);
  context.path = path;
  const values: string[] = [];
  const plan = router.find(context.method, path, values, context);
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

function runPlan(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  return plan.usesContext ? runWithStore(context, plan) : runAndReply(context, plan);
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
