import type { Next } from '../around/define-around.js';
import { isThenable } from '../guard/thenable.js';
import { HTTP_ERRORS } from '../errors.js';
import { runStations } from '../feature/run-stations.js';
import { Reply } from '../reply/reply.js';
import { discardStream } from '../reply/stream.js';
import { CONTEXT_NAMES, type RouteContext } from '../request/http-context.js';
import { readBody } from '../request/read-body.js';
import { endsAreHeard } from '../server/request-events.js';
import type { BoundAround, BoundGuard, RoutePlan } from './route-plan.js';
import { runChecks } from './run-checks.js';
import { prepareReply } from './to-reply.js';

/**
 * Runs the stations of a route, from the outer arounds to the checked reply, which is left in the context. Synchronous until
 * something is thenable. A station that the route doesn't have is null and costs one comparison.
 */
export function runRoute(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  if (plan.early !== null) {
    const waiting = runStations(context, plan.early);
    if (waiting !== undefined) return awaitEarly(context, plan, waiting);
  }
  return runAround(context, plan);
}

async function awaitEarly(context: RouteContext, plan: RoutePlan, stations: Promise<void>): Promise<void> {
  await stations;
  return runAround(context, plan);
}

function runAround(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  return plan.outer === null ? runGuards(context, plan, 0) : runOuter(context, plan, plan.outer);
}

// A function that holds a closure pays for its variables on every call, so each closure has a function of its own.
function runOuter(context: RouteContext, plan: RoutePlan, arounds: readonly BoundAround[]): Promise<void> {
  return runArounds(context, plan, arounds, () => runGuards(context, plan, 0));
}

function runGuards(context: RouteContext, plan: RoutePlan, from: number): void | Promise<void> {
  if (plan.guards !== null)
    for (let index = from; index < plan.guards.length; index++) {
      const facts = (plan.guards[index] as BoundGuard)(context);
      if (isThenable(facts)) return awaitGuard(context, plan, index, facts);
      addFacts(context, facts);
    }
  if (plan.admitted !== null) {
    const waiting = runStations(context, plan.admitted);
    if (waiting !== undefined) return awaitAdmission(context, plan, waiting);
  }
  return runBody(context, plan);
}

async function awaitAdmission(context: RouteContext, plan: RoutePlan, stations: Promise<void>): Promise<void> {
  await stations;
  return runBody(context, plan);
}

function runBody(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  return plan.body === null ? runHandler(context, plan) : runWithBody(context, plan);
}

async function awaitGuard(context: RouteContext, plan: RoutePlan, index: number, facts: PromiseLike<unknown>): Promise<void> {
  addFacts(context, await facts);
  return runGuards(context, plan, index + 1);
}

async function runWithBody(context: RouteContext, plan: RoutePlan): Promise<void> {
  context.reading = true;
  context.expiresAt = context.startedAt + plan.bodyTimeout;
  context.body = await readBody(context, plan.body as NonNullable<RoutePlan['body']>);
  context.reading = false;
  if (context.afterBody !== null) context.afterBody(context);
  context.expiresAt = performance.now() + plan.timeout;
  return runHandler(context, plan);
}

function runHandler(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  if (plan.hasChecks) {
    const waiting = runChecks(context, plan);
    if (waiting !== undefined) return awaitChecks(context, plan, waiting);
  }
  return callHandler(context, plan);
}

async function awaitChecks(context: RouteContext, plan: RoutePlan, checks: Promise<void>): Promise<void> {
  await checks;
  return callHandler(context, plan);
}

function callHandler(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  return plan.inner === null ? answer(context, plan) : runInner(context, plan, plan.inner);
}

function runInner(context: RouteContext, plan: RoutePlan, arounds: readonly BoundAround[]): Promise<void> {
  return runArounds(context, plan, arounds, () => answer(context, plan));
}

function answer(context: RouteContext, plan: RoutePlan): void | Promise<void> {
  if (context.server.identity.timed || endsAreHeard()) context.calledAt = performance.now();
  const value = plan.call(context);
  if (isThenable(value)) return awaitAnswer(context, plan, value);
  if (context.calledAt !== 0) context.handledAt = performance.now();
  return prepareReply(context, plan, value);
}

async function awaitAnswer(context: RouteContext, plan: RoutePlan, value: PromiseLike<unknown>): Promise<void> {
  const reply = await value;
  if (context.calledAt !== 0) context.handledAt = performance.now();
  prepareReply(context, plan, reply);
}

/** Runs arounds, outermost first. Each sees the checked reply of what it surrounds; what it gives instead is checked as well. */
async function runArounds(
  context: RouteContext,
  plan: RoutePlan,
  arounds: readonly BoundAround[],
  rest: () => void | Promise<void>,
): Promise<void> {
  const step = async (index: number): Promise<Reply> => {
    const around = arounds[index];
    if (around === undefined) {
      await rest();
      return currentReply(context, plan);
    }
    const reply = await around(
      context,
      once(plan, () => step(index + 1)),
    );
    if (!(reply instanceof Reply))
      throw HTTP_ERRORS.REPLY({ route: plan.label, reason: 'an around must give a Reply, such as that of next()' });
    if (reply !== context.reply) {
      // What has been answered already, as a middleware does, is not prepared again.
      if (context.answered) discardStream(reply.body);
      else prepareReply(context, plan, reply);
    }
    return reply;
  };
  await step(0);
}

/** The reply that stands in the context; made now if the handler gave a bare value. */
function currentReply(context: RouteContext, plan: RoutePlan): Reply {
  if (context.reply !== null) return context.reply;
  const { replyPlan } = context;
  return (context.reply = new Reply(replyPlan?.status ?? plan.bare?.status ?? 200, context.bareValue));
}

function once(plan: RoutePlan, next: Next): Next {
  let called = false;
  return () => {
    if (called) return Promise.reject(HTTP_ERRORS.REPLY({ route: plan.label, reason: 'an around called next() twice' }));
    called = true;
    return next();
  };
}

function addFacts(context: RouteContext, facts: unknown): void {
  if (typeof facts !== 'object' || facts === null) return;
  for (const name of Object.keys(facts)) {
    if (CONTEXT_NAMES.has(name)) throw HTTP_ERRORS.FACT({ name });
    (context as unknown as Record<string, unknown>)[name] = (facts as Record<string, unknown>)[name];
  }
}
