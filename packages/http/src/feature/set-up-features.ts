import { isProblems, toProblem, AppError, type BuiltApp, type Problem } from '@plinth/core';
import type { FeatureParts, FeatureRoute, FeatureServer, HttpFeature, RouteFacts, RouteStations, Station } from './http-feature.js';

/** Sets up the features of a server in order; of two with one name the later stands, in the place of the earlier. */
export function setUpFeatures(
  app: BuiltApp,
  server: FeatureServer,
  features: readonly HttpFeature[],
  problems: Problem[],
): readonly FeatureParts[] {
  const byName = new Map(features.map((feature) => [feature.name, feature]));
  return [...byName.values()].flatMap((feature) => {
    const resolved = app.resolveFrom(app.modules.at(-1)!, feature.deps, feature.name);
    if (isProblems(resolved)) {
      problems.push(...resolved);
      return [];
    }
    const set = attempt(
      () => (feature.setup as (server: FeatureServer, ...values: unknown[]) => FeatureParts)(server, ...(resolved.values ?? [])),
      feature.name,
      problems,
    );
    return set === undefined ? [] : [set];
  });
}

/** The stations of one route; a list without stations is `null`. */
export interface StationLists {
  readonly early: readonly Station[] | null;
  readonly admitted: readonly Station[] | null;
  readonly leaving: readonly Station[] | null;
  readonly facts: RouteFacts;
}

/** What the features do for one route. */
export function stationsOf(features: readonly FeatureParts[], route: FeatureRoute, problems: Problem[]): StationLists {
  const stations = features.flatMap(({ route: decide }) => {
    const found = decide === undefined ? undefined : attempt(() => decide(route), route.where, problems);
    return found === undefined ? [] : [found];
  });
  const facts: RouteFacts = Object.assign({}, ...stations.map(({ shown }) => shown));
  return { early: pick(stations, 'early'), admitted: pick(stations, 'admitted'), leaving: pick(stations, 'leaving'), facts };
}

function pick(stations: readonly RouteStations[], name: 'early' | 'admitted' | 'leaving'): readonly Station[] | null {
  const list = stations.flatMap((station) => station[name] ?? []);
  return list.length === 0 ? null : list;
}

function attempt<T>(run: () => T, where: string, problems: Problem[]): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    problems.push(toProblem(error, where));
    return undefined;
  }
}
