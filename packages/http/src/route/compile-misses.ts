import type { Problem } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import { createRouter } from '../router/create-router.js';
import { ANY_METHOD, type Router } from '../router/router.js';
import { answerUnrouted } from '../server/route-miss.js';
import { compileRoute, type RouteSettings } from './compile-route.js';
import type { Placed, PlaceOptions } from './place-routes.js';
import type { CompiledRoute, RoutePlan } from './route-plan.js';

/** What is run where no route answers. */
export interface MissPlans {
  /** The server's own answer, inside the outer arounds. */
  readonly standard: RoutePlan;
  /** The author's answers by prefix (`notFound`). */
  readonly below: Router<RoutePlan>;
  /** Those as tools see them. */
  readonly routes: readonly CompiledRoute[];
}

const standard: RouteDefinition = {
  method: ANY_METHOD,
  path: '/',
  contract: { open: true, hidden: true, context: false, returns: { 204: null, 308: null } },
  guards: [],
  around: [],
  handler: answerUnrouted,
};

/** Compiles the `notFound` routes; `null` where there are none, and no outer around that would see a miss. */
export function compileMisses(
  all: readonly Placed[],
  settings: RouteSettings,
  { caseSensitive }: PlaceOptions,
  problems: Problem[],
): MissPlans | null {
  const missed = all.filter(({ place }) => place.definition.missed === true);
  if (missed.length === 0 && settings.outer.length === 0) return null;
  const place = { definition: standard, path: '/', names: [], module: settings.root, controller: undefined, vital: false };
  // Stations of features run before, as those of a miss; inner arounds belong to contracts.
  const own = compileRoute(place, { ...settings, around: [], features: [] });
  if ('problems' in own) {
    problems.push(...own.problems);
    return null;
  }
  const below = createRouter<RoutePlan>({ caseSensitive });
  const compiled = new Map<Placed['place'], CompiledMiss | null>();
  for (const { place: author, pattern } of missed) {
    let found = compiled.get(author);
    if (found === undefined) compiled.set(author, (found = compileMiss(author, settings, problems)));
    if (found !== null) below.add(ANY_METHOD, pattern, found.plan);
  }
  const routes = [...compiled.values()].flatMap((found) => found?.route ?? []);
  return { standard: { ...own.plan, pattern: '', label: 'a request without a route' }, below, routes };
}

interface CompiledMiss {
  readonly plan: RoutePlan;
  readonly route: CompiledRoute;
}

function compileMiss(place: Placed['place'], settings: RouteSettings, problems: Problem[]): CompiledMiss | null {
  const compiled = compileRoute({ ...place, names: [] }, settings);
  if ('problems' in compiled) {
    problems.push(...compiled.problems);
    return null;
  }
  return { ...compiled, plan: { ...compiled.plan, pattern: `${place.path === '/' ? '' : place.path}/*` } };
}
