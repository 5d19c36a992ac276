import { DI_ERRORS } from '../di/errors.js';
import { describeKey } from '../di/describe-key.js';
import type { Class, Dep } from '../di/key.js';
import { checkListed } from '../di/read-dependencies.js';
import type { Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';
import type { Instances } from '../module/build.js';
import { markNeeded, type Edge, type ModuleNode, type ProviderNode } from '../module/graph.js';
import { linkDep, whereIs } from '../module/link.js';
import type { ModuleRef } from '../module/module.js';
import { RequestPlans } from '../module/request-plan.js';
import type { Plan } from './boot.js';
import type { BuiltApp, BuiltController, BuiltModule, ResolvedDeps } from './built-app.js';
import { APP_ERRORS, BOOT_ERRORS } from './errors.js';
import { failureProblems } from './failure-problem.js';
import { findInstance } from './find-instance.js';
import { runReleases, type ReleaseFailure } from './run-releases.js';
import type { TimeLimit } from './time-limit.js';
import { readUnits, type Unit } from './units.js';

/** A built application as `onBoot` hooks see it, and what starting and stopping it needs. */
export class BootedApp implements BuiltApp {
  readonly plan: Plan;
  readonly instances: Instances;
  readonly #plans: RequestPlans;
  readonly #nodes = new Map<BuiltModule, ModuleNode>();
  #modules: readonly BuiltModule[] | undefined;
  #controllers: readonly BuiltController[] | undefined;
  #sealed = false;
  #units: readonly Unit[] | undefined;
  #unitsOf = 0;

  constructor(plan: Plan, instances: Instances) {
    this.plan = plan;
    this.instances = instances;
    this.#plans = new RequestPlans(instances);
  }

  /** Read when it is first asked for: by a hook, if there is one. */
  get modules(): readonly BuiltModule[] {
    return (this.#modules ??= this.#readModules());
  }

  /** Read when it is first asked for: controllers exist only when everything is built. */
  get controllers(): readonly BuiltController[] {
    return (this.#controllers ??= this.modules.flatMap((module) =>
      this.#nodes.get(module)!.controllers.map((node) => this.#readController(module, node)),
    ));
  }

  resolveFrom(module: BuiltModule, deps: readonly Dep[], where: string): ResolvedDeps | Problem[] {
    if (this.#sealed) throw APP_ERRORS.SEALED({ where });
    const { errors } = checkListed(deps, where, String);
    if (errors.length > 0) return errors.map((error) => toProblem(error, where));
    const { graph, visibility } = this.plan;
    const node = this.#nodes.get(module)!;
    const problems: Problem[] = [];
    const edges = deps.flatMap((dep, index): Edge[] => {
      const edge = linkDep(graph, visibility, node, dep, () => ({ consumer: where, parameter: `deps[${index}]` }));
      if (!(edge instanceof Error)) return [edge];
      problems.push(toProblem(edge, where));
      return [];
    });
    if (problems.length === 0) problems.push(...this.#createLate(edges, where));
    return problems.length > 0 ? problems : this.#resolve(edges);
  }

  get<T>(dep: Dep<T>, options: { readonly from?: ModuleRef } = {}): T {
    return findInstance(this.plan, this.instances, dep, options.from) as T;
  }

  /** Hands what was built to core's services, for what they read from instances: listeners of events. */
  registerServices(): readonly Problem[] {
    return this.plan.services.onBuilt(this.units().map((unit) => unit.instance));
  }

  /** What takes part in the application's life, dependencies first. Read again when something was created since. */
  units(): readonly Unit[] {
    if (this.#units === undefined || this.#unitsOf !== this.instances.size) {
      this.#units = readUnits(this.plan.order);
      this.#unitsOf = this.instances.size;
    }
    return this.#units;
  }

  /** From now on the application is complete. */
  seal(): void {
    this.#sealed = true;
  }

  /** Releases every instance, last made first, as far as there is time. */
  release(limit: TimeLimit): Promise<readonly ReleaseFailure[]> {
    return runReleases(this.instances.releases, limit);
  }

  // What was provided `whenNeeded`, and configurations, may be needed here for the first time.
  #createLate(edges: readonly Edge[], where: string): readonly Problem[] {
    const missing = edges.flatMap((edge) => edge.targets).filter((target) => target.scope === 'app' && !this.instances.has(target));
    if (missing.length === 0) return [];
    for (const node of missing) markNeeded(node);
    return missing.flatMap((node) => {
      const stuck = this.instances.buildNow(node);
      if (stuck === undefined) return [];
      const failure = this.instances.failures.find((failed) => failed.node === stuck);
      if (failure !== undefined) return failedLate(stuck, failure.error);
      return [toProblem(DI_ERRORS.NEEDED_LATE({ consumer: where, key: describeKey(stuck.key) }), where)];
    });
  }

  #resolve(edges: readonly Edge[]): ResolvedDeps {
    const targets = edges.flatMap((edge) => edge.targets);
    const usesContext = targets.some((target) => target.usesContext);
    if (targets.some((target) => target.scope === 'request')) return { usesContext, create: this.#plans.planForEdges(edges) };
    return { usesContext, values: edges.map((edge) => this.instances.valueOf(edge)) };
  }

  #readModules(): readonly BuiltModule[] {
    const built = new Map<ModuleNode, BuiltModule>();
    for (const node of this.plan.graph.modules) {
      const imports = node.imports.map((imported) => built.get(imported)!);
      const module: BuiltModule = { id: node.id, name: node.name, parts: node.options, imports };
      built.set(node, module);
      this.#nodes.set(module, node);
    }
    return [...built.values()];
  }

  #readController(module: BuiltModule, node: ProviderNode): BuiltController {
    const base = { type: node.key as Class, module, usesContext: node.usesContext };
    if (node.scope === 'app') return { ...base, instance: this.instances.get(node) as object };
    return { ...base, create: this.#plans.planFor(node) as NonNullable<BuiltController['create']> };
  }
}

function failedLate(node: ProviderNode, error: unknown): readonly Problem[] {
  return failureProblems(error, whereIs(node), (reason) => BOOT_ERRORS.CREATE_FAILED({ provider: whereIs(node), reason }));
}
