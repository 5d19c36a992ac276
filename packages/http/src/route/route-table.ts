import { AppError, toProblem, type BuiltApp, type Problem } from '@plinth/core';
import type { SecurityBlocks } from '../security-headers/header-blocks.js';
import { createRouter } from '../router/create-router.js';
import type { PathPattern } from '../router/parse-pattern.js';
import type { Router } from '../router/router.js';
import { deprecationFields } from '../versioning/deprecation.js';
import { createMissedVersions, type MissedVersionFinder } from '../versioning/missed-versions.js';
import { createVersionReader, DEFAULT_HEADER, isByRequest, varyOf } from '../versioning/request-version.js';
import { checkVersioning } from '../versioning/route-versions.js';
import { VersionRouter } from '../versioning/version-router.js';
import { checkConflicts } from './check-routes.js';
import { compileRoute, whereIs, type RouteSettings } from './compile-route.js';
import { compileMisses, type MissPlans } from './compile-misses.js';
import { everyStatus } from './every-status.js';
import { placeRoutes, type Placed, type PlaceOptions, type Unnamed } from './place-routes.js';
import type { CompiledRoute, RoutePlan } from './route-plan.js';

/** Every route of an application, compiled, or what is wrong with them. */
export interface RouteTable {
  readonly router: Router<RoutePlan>;
  readonly routes: readonly CompiledRoute[];
  readonly problems: readonly Problem[];
  /** The longest that a route waits for its body, in milliseconds. */
  readonly bodyTimeout: number;
  /** What is run where no route answers; `null` where nothing is but the answer. */
  readonly misses: MissPlans | null;
  /** Tells whether only the version is wrong; `null` where routes have none. */
  readonly missedVersions: MissedVersionFinder | null;
}

/** What a table is made from. */
export type TableOptions = PlaceOptions;

/** A compiled route with the patterns at which it answers. */
interface Entry {
  readonly plan: RoutePlan;
  readonly patterns: readonly PathPattern[];
  readonly versions: readonly string[] | undefined;
}

/** Reads the routes of all controllers and modules, checks them together, and compiles them into a router. */
export function createRouteTable(app: BuiltApp, settings: RouteSettings, options: TableOptions): RouteTable {
  const problems: Problem[] = [];
  attempt(
    problems,
    () => 'HttpModule',
    () => checkVersioning(options.versioning),
  );
  const all = placeRoutes(app, settings.root, options, problems);
  problems.push(...checkConflicts(all));
  const placed = all.filter(({ place }) => place.definition.missed !== true);
  const varied = shapesOfVersions(placed);
  const routes: CompiledRoute[] = [];
  const entries: Entry[] = [];
  let bodyTimeout = 0;
  for (const [place, patterns] of groupByPlace(placed)) {
    const { versions } = patterns[0]!;
    const own = withFields(settings, fieldsOf(place, patterns, varied, options, problems));
    const compiled = compileRoute({ ...place, names: patterns.at(-1)!.pattern.names }, own);
    if ('problems' in compiled) {
      problems.push(...compiled.problems);
      continue;
    }
    const { plan, route } = compiled;
    routes.push(versions === undefined ? route : { ...route, versions, ...headerOf(versions, options) });
    if (plan.body !== null) bodyTimeout = Math.max(bodyTimeout, plan.bodyTimeout);
    entries.push({
      plan: place.definition.mounted === true ? everyStatus(plan) : plan,
      patterns: patterns.map(({ pattern }) => pattern),
      versions,
    });
  }
  const known = [...new Set([...entries.flatMap(({ versions }) => versions ?? []), ...pathVersions(placed, options)])].sort();
  const router = routerOf(entries, known, options);
  return {
    router,
    routes,
    problems,
    bodyTimeout,
    misses: compileMisses(all, settings, options, problems),
    missedVersions:
      options.versioning === undefined || known.length === 0
        ? null
        : createMissedVersions(router, options.versioning, known, options.prefix),
  };
}

function routerOf(entries: readonly Entry[], versions: readonly string[], options: TableOptions): Router<RoutePlan> {
  const { versioning, caseSensitive } = options;
  const heads = new Set(
    entries.flatMap(({ plan, patterns, versions: own }) =>
      plan.method === 'HEAD' ? patterns.flatMap(({ shape }) => (own ?? ['']).map((version) => `${version} ${shape}`)) : [],
    ),
  );
  // The same plan: a HEAD request passes the same guards as its GET.
  const methodsOf = (plan: RoutePlan, pattern: PathPattern, version: string): readonly string[] =>
    plan.method === 'GET' && !heads.has(`${version} ${pattern.shape}`) ? ['GET', 'HEAD'] : [plan.method];
  const each = (entry: Entry, version: string, add: (method: string, pattern: PathPattern) => void) => {
    for (const pattern of entry.patterns) for (const method of methodsOf(entry.plan, pattern, version)) add(method, pattern);
  };
  if (!isByRequest(versioning) || versions.length === 0) {
    const router = createRouter<RoutePlan>({ caseSensitive });
    for (const entry of entries) each(entry, '', (method, pattern) => router.add(method, pattern, entry.plan));
    return router;
  }
  const router = new VersionRouter<RoutePlan>(versions, createVersionReader(versioning), { caseSensitive });
  for (const entry of entries)
    if (entry.versions === undefined) each(entry, '', (method, pattern) => router.add(method, pattern, entry.plan));
  for (const entry of entries)
    for (const version of entry.versions ?? [])
      each(entry, version, (method, pattern) => router.addTo(version, method, pattern, entry.plan));
  return router;
}

/** Shapes of paths at which routes of several versions may stand: what they answer depends on the version that was asked for. */
function shapesOfVersions(placed: readonly Placed[]): ReadonlySet<string> {
  return new Set(placed.filter(({ versions }) => versions !== undefined).map(({ pattern }) => pattern.shape));
}

/** Headers that say what a route's answers depend on, and that it should not be used any more. */
function fieldsOf(
  place: Unnamed,
  patterns: readonly Placed[],
  varied: ReadonlySet<string>,
  { versioning }: TableOptions,
  problems: Problem[],
): readonly string[] {
  const fields: string[] = [];
  const vary = isByRequest(versioning) ? varyOf(versioning) : undefined;
  if (vary !== undefined && patterns.some(({ pattern }) => varied.has(pattern.shape))) fields.push('Vary', vary);
  attempt(
    problems,
    () => whereIs(place),
    () => {
      fields.push(...deprecationFields(place.definition.contract.deprecated, `${place.definition.method} ${place.path}`));
    },
  );
  return fields;
}

function withFields(settings: RouteSettings, fields: readonly string[]): RouteSettings {
  if (fields.length === 0) return settings;
  const { blocksOf } = settings.replies;
  const add = (blocks: SecurityBlocks): SecurityBlocks => ({
    ...blocks,
    api: [...blocks.api, ...fields],
    document: [...blocks.document, ...fields],
  });
  return { ...settings, fields, replies: { ...settings.replies, blocksOf: (contract) => add(blocksOf(contract)) } };
}

function headerOf(versions: readonly string[], { versioning }: TableOptions): Pick<CompiledRoute, 'versionHeader'> {
  if (versioning?.by !== 'header') return {};
  const required = versioning.default === undefined || !versions.includes(versioning.default);
  return { versionHeader: { name: versioning.name ?? DEFAULT_HEADER, required } };
}

function pathVersions(placed: readonly Placed[], { versioning }: TableOptions): readonly string[] {
  if (versioning?.by !== 'path') return [];
  return placed.flatMap(({ place: { definition, module } }) => {
    const declared = definition.contract.version ?? module.parts.version;
    return declared === undefined || declared === 'neutral' ? [] : declared;
  });
}

function groupByPlace(placed: readonly Placed[]): ReadonlyMap<Unnamed, readonly Placed[]> {
  const groups = new Map<Unnamed, Placed[]>();
  for (const entry of placed) {
    const group = groups.get(entry.place);
    if (group === undefined) groups.set(entry.place, [entry]);
    else group.push(entry);
  }
  return groups;
}

function attempt(problems: Problem[], where: () => string, run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(toProblem(error, where()));
  }
}
