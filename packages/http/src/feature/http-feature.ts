import type { Dep, Logger, ValuesOf } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import type { RouteContext } from '../request/http-context.js';
import type { RoutePlan } from '../route/route-plan.js';
import type { HttpOptions } from '../server/http-options.js';
import type { ServerState } from '../server/server-state.js';

/** A step of ours in the request line. Throws to refuse. Synchronous unless it has to wait. */
export type Station = (context: RouteContext) => void | PromiseLike<void>;

/**
 * A part of the server beside its fixed stations: CORS, rate limits, compression. It decides at boot what it has to do for each route;
 * where it has nothing to do, the route doesn't pay for it. Of two with one name the later stands.
 */
export interface HttpFeature<Deps extends readonly Dep[] = readonly Dep[]> {
  readonly name: string;
  /** Resolved from the application's root module; passed to `setup` after the server. */
  readonly deps: Deps;
  readonly setup: (server: FeatureServer, ...dependencies: ValuesOf<Deps>) => FeatureParts;
}

/** What a feature knows of its server. */
export interface FeatureServer {
  readonly production: boolean;
  readonly logger: Logger;
  /** Where clients reach the service. */
  readonly url: URL | undefined;
  readonly options: HttpOptions;
  readonly state: ServerState;
}

/** What a feature adds to one server. */
export interface FeatureParts {
  /** Called for every route at boot, those of the server itself included. An `AppError` that it throws is a problem of the boot. */
  readonly route?: (route: FeatureRoute) => RouteStations | undefined;
  /** Runs where no route answers, before OPTIONS is answered or 404 and 405 are thrown. May answer itself (`context.answered`). */
  readonly miss?: (context: RouteContext, found: MissedRoutes) => void | PromiseLike<void>;
  /** Called at boot after the last route. An `AppError` that it throws is a problem of the boot. */
  readonly routed?: () => void;
  /** Runs when the server stops. */
  readonly close?: () => void;
}

/** A route as a feature sees it at boot. */
export interface FeatureRoute {
  readonly definition: RouteDefinition;
  /** With the application's prefix. */
  readonly path: string;
  /** `GET /orders/:id`, for messages. */
  readonly label: string;
  /** Where it was written, for messages. */
  readonly where: string;
  /** One of the server's own: health. */
  readonly vital: boolean;
  readonly guarded: boolean;
}

/** What a feature does for one route. */
export interface RouteStations {
  /** Before outer arounds and guards: knows neither user nor body. */
  readonly early?: Station;
  /** After the guards, before the body is read. */
  readonly admitted?: Station;
  /** After the checked reply, before a byte of it is written; not for errors. `replyPlan`, `payload` and `reply` may be replaced. */
  readonly leaving?: Station;
  /** What lists of routes say of it. */
  readonly shown?: RouteFacts;
}

/** What features have decided about a route, for people. */
export interface RouteFacts {
  /** The origins whose pages may call it, `+credentials` where they may send cookies; absent: none. */
  readonly cors?: string;
  /** The limits that are in force, with what operators say: `600/1m`, `20/1m by user x2`, with ` + ` between several; absent: none. */
  readonly rate?: string;
}

/** The routes of a path that the request's method missed. */
export interface MissedRoutes {
  /** Methods that have a route at this path, HEAD included where GET has one. */
  readonly methods: readonly string[];
  plan(method: string): RoutePlan | undefined;
}

/** A feature with the types of its dependencies checked. */
export function defineFeature<const Deps extends readonly Dep[]>(feature: HttpFeature<Deps>): HttpFeature {
  return feature as unknown as HttpFeature;
}
