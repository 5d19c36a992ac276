import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { runStations } from '../feature/run-stations.js';
import { Reply } from '../reply/reply.js';
import { writeHead } from '../reply/write-head.js';
import type { RouteContext } from '../request/http-context.js';
import type { MissPlans } from '../route/compile-misses.js';
import { createHead } from '../route/reply-plan.js';
import type { RoutePlan } from '../route/route-plan.js';
import { ANY_METHOD, type Router } from '../router/router.js';
import type { TrailingSlash } from '../router/trailing-slash.js';
import type { MissedVersionFinder } from '../versioning/missed-versions.js';
import { finish } from './finish.js';
import { admit } from './admit.js';
import { wait } from './wait.js';

/** What is done where no route answers. */
export interface MissOptions {
  readonly trailingSlash: TrailingSlash;
  readonly plans: MissPlans | null;
  readonly versions: MissedVersionFinder | null;
}

/** What a feature does where no route answers. */
export type MissStation = NonNullable<FeatureParts['miss']>;

/** Runs the stations of a plan, and writes its reply. */
export type PlanRunner = (context: RouteContext, plan: RoutePlan) => void | Promise<void>;

/** Answers a request that no route answers, once the features have had their say. */
export function handleMiss(
  context: RouteContext,
  router: Router<RoutePlan>,
  miss: MissOptions,
  stations: readonly MissStation[],
  run: PlanRunner,
): void {
  const own = findOwn(context, router, miss);
  if (own !== undefined) return void runOwn(context, own, run);
  const answer = () => (context.answered ? finish(context, undefined) : answerMiss(context, router, miss, run));
  const found = stations.length === 0 ? undefined : missedRoutes(context, router);
  const before =
    found &&
    runStations(
      context,
      stations.map((station) => (passing) => station(passing, found)),
    );
  if (before !== undefined) context.expiresAt = context.startedAt + context.server.limits.timeout;
  const waiting = before === undefined ? answer() : before.then(answer);
  if (waiting !== undefined) wait(context, waiting);
}

function missedRoutes(context: RouteContext, router: Router<RoutePlan>): Parameters<MissStation>[1] {
  return {
    methods: router.methodsOf(context.path, context),
    plan: (method) => router.find(method, context.path, [], context),
  };
}

/** What a miss comes to: an answer without a body, or an error. */
type Missed =
  | { readonly status: 204 | 308; readonly headers: Readonly<Record<string, string>>; readonly error?: undefined }
  | { readonly error: AppError; readonly allowed: readonly string[] };

const misses = new WeakMap<RouteContext, Missed>();

function answerMiss(
  context: RouteContext,
  router: Router<RoutePlan>,
  { plans, ...options }: MissOptions,
  run: PlanRunner,
): void | Promise<void> {
  const missed = decideMiss(context, router, options);
  if (plans === null) {
    if (missed.error !== undefined) throw missed.error;
    answerEmpty(context, missed.status, Object.entries(missed.headers).flat());
    return finish(context, undefined);
  }
  misses.set(context, missed);
  return runPlan(context, plans.standard, run);
}

/** The author's answer to a miss; its own stations take the place of those of a miss. */
function findOwn(context: RouteContext, router: Router<RoutePlan>, { plans, ...options }: MissOptions): RoutePlan | undefined {
  const own = plans?.below.find(ANY_METHOD, context.path, []);
  const missed = own && decideMiss(context, router, options);
  if (missed?.error === undefined) return undefined;
  tellHandler(context, missed);
  return own;
}

function runOwn(context: RouteContext, own: RoutePlan, run: PlanRunner): void {
  const waiting = runPlan(context, own, run);
  if (waiting !== undefined) wait(context, waiting);
}

// What an author's code answers costs as much as a route, and is refused like one where there is too much to do.
function runPlan(context: RouteContext, plan: RoutePlan, run: PlanRunner): void | Promise<void> {
  context.plan = plan;
  if (!admit(context, plan)) return undefined;
  context.expiresAt = context.startedAt + plan.timeout;
  return run(context, plan);
}

/** The server's own answer to a miss, as a handler: outer arounds run around it. Throws `HTTP_NO_ROUTE`, `HTTP_METHOD` and `HTTP_API_VERSION`. */
export function answerUnrouted(context: RouteContext): Reply {
  const missed = misses.get(context);
  if (missed === undefined) throw HTTP_ERRORS.NO_ROUTE();
  if (missed.error !== undefined) throw missed.error;
  return new Reply(missed.status, undefined, { headers: missed.headers });
}

// 405 needs its Allow whoever answers it (RFC 9110, 15.5.6).
function tellHandler(context: RouteContext, { error, allowed }: Missed & { error: AppError }): void {
  if (allowed.length > 0) context.setHeader('Allow', allowed.join(', '));
  Object.assign(context, { missed: error, allowed });
}

/**
 * Where a path has no route for the method: OPTIONS is answered (204, with Allow unless it asks for "*"), a slash too many or too few redirected if that
 * is switched on; else it is `HTTP_METHOD` (405 with Allow), `HTTP_API_VERSION` (404, for other versions have the path), or `HTTP_NO_ROUTE`.
 */
function decideMiss(context: RouteContext, router: Router<RoutePlan>, options: Omit<MissOptions, 'plans'>): Missed {
  const { method, path } = context;
  // The server as a whole (RFC 9110, 9.3.7): it is there; what is allowed depends on the resource.
  if (path === '') return { status: 204, headers: {} };
  const methods = router.methodsOf(path, context);
  if (methods.length === 0) {
    const location = options.trailingSlash === 'redirect' ? otherSlash(context, router) : undefined;
    if (location !== undefined) return { status: 308, headers: { Location: location } };
    return { error: versionMissed(context, options.versions) ?? HTTP_ERRORS.NO_ROUTE(), allowed: [] };
  }
  const allowed = [...new Set([...methods, 'OPTIONS'])].sort();
  const list = allowed.join(', ');
  if (method === 'OPTIONS') return { status: 204, headers: { Allow: list } };
  return { error: HTTP_ERRORS.METHOD({ method, allowed: list }, { headers: { allow: list } }), allowed };
}

// The raw path, so that nothing is decoded into a Location; it starts with one slash only, so it can't name another host.
function otherSlash(context: RouteContext, router: Router<RoutePlan>): string | undefined {
  const { path, url } = context;
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
  if (other === '' || !/^\/(?!\/)/.test(url) || router.methodsOf(other, context).length === 0) return undefined;
  const question = url.indexOf('?');
  const raw = question === -1 ? url : url.slice(0, question);
  const search = question === -1 ? '' : url.slice(question);
  return (raw.endsWith('/') ? raw.slice(0, -1) : `${raw}/`) + search;
}

function versionMissed(context: RouteContext, find: MissedVersionFinder | null): AppError | undefined {
  const missed = find?.(context);
  if (missed === undefined) return undefined;
  const { asked, versions } = missed;
  return HTTP_ERRORS.API_VERSION({ versions: versions.join(', ') }, { extensions: { versions, ...(asked !== undefined && { asked }) } });
}

function answerEmpty(context: RouteContext, status: number, fields: readonly string[]): void {
  const { security, requestIdHeader } = context.server;
  context.answered = true;
  writeHead(context, createHead(status, { length: status !== 204, requestId: requestIdHeader, noStore: false, security }), 0, fields);
  context.response.end();
}
