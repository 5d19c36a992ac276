import {
  isProblems,
  RequestScope,
  toProblem,
  type BuiltApp,
  type BuiltController,
  type BuiltModule,
  type Dep,
  type Problem,
} from '@plinth/core';
import type { AnyAround } from '../around/define-around.js';
import { isControllerMethod, type Accepts, type RouteDefinition, type RouteFunction } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { stationsOf } from '../feature/set-up-features.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { checkContractOptions } from '../options/contract-rules.js';
import type { RouteContext } from '../request/http-context.js';
import { shareOf } from '../server/load-watch.js';
import type { UploadOptions } from '../server/upload-options.js';
import { compileParts, type PartCompiler } from './compile-parts.js';
import { compileReplies } from './compile-replies.js';
import type { BoundAround, BoundGuard, CompiledRoute, RoutePlan } from './route-plan.js';
import type { ReplyOptions } from './compile-replies.js';

/** A route with what boot knows about its place. */
export interface RoutePlace {
  readonly definition: RouteDefinition;
  /** With the application's prefix. */
  readonly path: string;
  readonly names: readonly string[];
  readonly module: BuiltModule;
  readonly controller: BuiltController | undefined;
  readonly vital: boolean;
}

/** What every route is compiled with. */
export interface RouteSettings {
  readonly app: BuiltApp;
  readonly compiler: PartCompiler;
  readonly replies: ReplyOptions;
  readonly around: readonly AnyAround[];
  readonly outer: readonly AnyAround[];
  readonly features: readonly FeatureParts[];
  /** Application-wide arounds are resolved from here. */
  readonly root: BuiltModule;
  readonly timeout: number;
  readonly bodyTimeout: number;
  readonly bodyLimit: number | undefined;
  /** Of routes that neither contract, controller nor module says anything about. */
  readonly accepts: Accepts | undefined;
  readonly uploads: UploadOptions;
  /** Constant headers of all its answers, errors included; those of replies have them already. */
  readonly fields?: readonly string[];
  /** Whether requests of a route with this path get a log line. */
  readonly logs: (path: string) => boolean;
}

/** Milliseconds for a body that takes its time: an upload, or lines. */
const SLOW_BODY = 300_000;

/** A compiled route, or everything that is wrong with it. */
export type Compiled = { readonly plan: RoutePlan; readonly route: CompiledRoute } | { readonly problems: readonly Problem[] };

/** Decides everything about one route: binds guards, arounds and handler, compiles schemas, prepares the heads of its replies. */
export function compileRoute(place: RoutePlace, settings: RouteSettings): Compiled {
  const { definition, module } = place;
  const { contract } = definition;
  const label = `${definition.method} ${place.path}`;
  const where = whereIs(place);
  const problems: Problem[] = [...checkContractOptions(contract, label, where)];
  // Features could only fail with them, or say the same again.
  if (problems.some(({ code }) => code === HTTP_ERRORS.OPTION.code)) return { problems };
  const binder = new Binder(settings.app, where, problems);

  const open = contract.open === true || (module.parts.open === true && definition.guards.length === 0);
  if (!open && definition.guards.length === 0) problems.push(toProblem(HTTP_ERRORS.UNGUARDED({ route: label }), where));
  const guards = definition.guards.map((guard) => binder.guard(guard, module));
  const outer = settings.outer.map((around) => binder.around(around, settings.root));
  const inner = [
    ...settings.around.map((around) => binder.around(around, settings.root)),
    ...definition.around.map((around) => binder.around(around, module)),
  ];
  const call = binder.handler(place);
  const parts = compileParts(place, label, where, settings, problems);
  const replies = compileReplies(contract, { label, where, guarded: definition.guards.length > 0 }, settings.replies, problems);
  const guarded = guards.length > 0;
  const stations = stationsOf(settings.features, { definition, path: place.path, label, where, vital: place.vital, guarded }, problems);
  if (problems.length > 0) return { problems };

  const usesContext = isControllerMethod(definition.handler) ? binder.usesContext : contract.context !== false || binder.usesContext;
  const plan: RoutePlan = {
    definition,
    method: definition.method,
    pattern: place.path,
    names: place.names,
    label,
    early: stations.early,
    outer: orNull(outer),
    guards: orNull(guards),
    admitted: stations.admitted,
    hasChecks: parts.params !== null || parts.query !== null || parts.headers !== null || parts.cookies !== null || parts.body !== null,
    ...parts,
    inner: orNull(inner),
    call,
    ...replies,
    leaving: stations.leaving,
    fields: settings.fields ?? null,
    vital: place.vital,
    share: shareOf(contract.priority),
    bodyTimeout:
      contract.limits?.bodyTimeout ?? (parts.body?.slow === true ? Math.max(SLOW_BODY, settings.bodyTimeout) : settings.bodyTimeout),
    usesContext,
    logged: settings.logs(place.path),
    timeout: contract.limits?.timeout ?? settings.timeout,
    lineStart: null,
  };
  const arounds = [...settings.outer, ...settings.around, ...definition.around].map(({ name }) => name);
  return { plan, route: { ...describeRoute(place, plan, open), ...stations.facts, arounds } };
}

/** Where a route was written, for messages. */
export function whereIs({ definition }: Pick<RoutePlace, 'definition'>): string {
  const { handler, definedAt } = definition;
  const name = isControllerMethod(handler) ? `${handler.controller.name}.${String(handler.property)}` : handler.name || 'a function';
  return definedAt === undefined ? name : `${name} (${definedAt})`;
}

function describeRoute(place: RoutePlace, plan: RoutePlan, open: boolean): Omit<CompiledRoute, 'arounds'> {
  const { definition } = place;
  return {
    method: definition.method,
    path: place.path,
    definition,
    open,
    guards: definition.guards.map((guard) => guard.name),
    statuses: plan.statuses,
    module: place.module.id,
    usesContext: plan.usesContext,
    timeout: plan.timeout,
    ...(plan.body?.limit !== undefined && { bodyLimit: plan.body.limit }),
    ...(plan.body !== null && { bodyTypes: plan.body.mediaTypes }),
    ...(definition.definedAt !== undefined && { definedAt: definition.definedAt }),
  };
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

/** Binds functions to their dependencies: to the values if all are there at boot, else to a plan run for each request. */
class Binder {
  usesContext = false;

  constructor(
    private readonly app: BuiltApp,
    private readonly where: string,
    private readonly problems: Problem[],
  ) {}

  guard(guard: AnyGuard, module: BuiltModule): BoundGuard {
    const { run } = guard;
    const values = this.resolve(module, guard.deps, `guard ${guard.name} of ${this.where}`);
    if (typeof values === 'function') return (context) => run.call(guard, context as never, ...values(context));
    if (values.length === 0) return (context) => run.call(guard, context as never);
    return (context) => run.call(guard, context as never, ...values);
  }

  around(around: AnyAround, module: BuiltModule): BoundAround {
    const { run } = around;
    const values = this.resolve(module, around.deps, `around ${around.name} of ${this.where}`);
    if (typeof values === 'function') return (context, next) => run.call(around, context as never, next, ...values(context));
    return (context, next) => run.call(around, context as never, next, ...values);
  }

  handler({ definition, module, controller }: RoutePlace): (context: RouteContext) => unknown {
    const { handler, deps = [] } = definition;
    if (isControllerMethod(handler)) return this.method(handler.property, controller);
    const run = handler as (context: unknown, ...values: unknown[]) => unknown;
    const values = this.resolve(module, deps, this.where);
    if (typeof values === 'function') return (context) => run(context, ...values(context));
    return values.length === 0 ? (run as RouteFunction as (context: RouteContext) => unknown) : (context) => run(context, ...values);
  }

  private method(property: string | symbol, controller: BuiltController | undefined): (context: RouteContext) => unknown {
    type Methods = Record<string | symbol, (context: RouteContext) => unknown>;
    if (controller === undefined) return () => undefined;
    this.usesContext ||= controller.usesContext;
    const { create } = controller;
    if (create !== undefined) {
      this.usesContext = true;
      return (context) => (create(scopeOf(context)) as Methods)[property]?.(context);
    }
    const instance = controller.instance as Methods;
    const method = instance[property] as (context: RouteContext) => unknown;
    return (context) => method.call(instance, context);
  }

  private resolve(
    module: BuiltModule,
    deps: readonly Dep[],
    where: string,
  ): readonly unknown[] | ((context: RouteContext) => readonly unknown[]) {
    if (deps.length === 0) return [];
    const resolved = this.app.resolveFrom(module, deps, where);
    if (isProblems(resolved)) {
      this.problems.push(...resolved);
      return [];
    }
    this.usesContext ||= resolved.usesContext;
    const { create } = resolved;
    if (create === undefined) return resolved.values ?? [];
    this.usesContext = true;
    return (context) => create(scopeOf(context));
  }
}

function scopeOf(context: RouteContext): RequestScope {
  return (context.scope ??= new RequestScope());
}
