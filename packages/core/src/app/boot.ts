import type { Config } from '../config/define-config.js';
import { BootError, type Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';
import { Instances } from '../module/build.js';
import { checkExports } from '../module/check-exports.js';
import { checkGraph } from '../module/check-graph.js';
import { checkRequirements } from '../module/check-requirements.js';
import { collectProviders } from '../module/collect-providers.js';
import type { Graph, ProviderNode } from '../module/graph.js';
import { linkGraph, whereIs } from '../module/link.js';
import type { ModuleRef } from '../module/module.js';
import { applyOverrides } from '../module/override.js';
import { scanModules } from '../module/scan.js';
import { readVisibility, type Visibility } from '../module/visibility.js';
import type { AppOptions } from './app-options.js';
import { BootedApp } from './booted-app.js';
import { createCoreServices, type CoreServices } from './core-module.js';
import { createCoreModule } from './core-root.js';
import { BOOT_ERRORS } from './errors.js';
import { causeOf, failureProblems, reasonOf } from './failure-problem.js';
import { TimeLimit } from './time-limit.js';
import { hookName, hookOf } from './units.js';

/** An application whose wiring is checked, before anything is created. */
export interface Plan {
  readonly graph: Graph;
  readonly visibility: Visibility;
  /** Dependencies first, imported modules first. */
  readonly order: readonly ProviderNode[];
  readonly services: CoreServices;
}

/** A whole boot, from the root module to an application that may start. Throws `BootError` with every problem found so far. */
export async function boot(root: ModuleRef, options: AppOptions): Promise<BootedApp> {
  const services = createCoreServices(options);
  const limit = new TimeLimit(options.startTimeout ?? 60_000);
  try {
    const plan = planApp(root, options, services);
    const app = await buildApp(plan, limit);
    await runBootHooks(app, limit);
    return app;
  } catch (error) {
    await services.onFailed();
    throw error;
  }
}

/** Scans, reads the configuration and checks; creates nothing. */
function planApp(root: ModuleRef, options: AppOptions, services: CoreServices): Plan {
  const scanned = scanModules(root, [createCoreModule(services.providers)]);
  if (scanned.root === undefined) throw new BootError(scanned.problems);
  const graph: Graph = { root: scanned.root, modules: scanned.modules, configs: new Map() };
  const problems: Problem[] = [...scanned.problems];
  problems.push(...collectProviders(graph));
  problems.push(...applyOverrides(graph, options.overrides ?? []));
  problems.push(...checkExports(graph));
  const visibility = readVisibility(graph);
  problems.push(...linkGraph(graph, visibility));
  problems.push(...checkRequirements(graph, visibility));
  const checked = checkGraph(graph);
  problems.push(...checked.problems);
  problems.push(...services.readConfigs(configsOf(graph)));
  if (problems.length > 0) throw new BootError(problems);
  return { graph, visibility, order: checked.order, services };
}

// The configurations that something needs.
function configsOf(graph: Graph): readonly Config<unknown>[] {
  return [...graph.configs.values()]
    .filter((node) => node.needed && node.record.kind === 'config')
    .map((node) => node.key as Config<unknown>);
}

async function buildApp(plan: Plan, limit: TimeLimit): Promise<BootedApp> {
  const instances = new Instances((config) => plan.services.configValue(config));
  const app = new BootedApp(plan, instances);
  const building = instances.build(plan.order);
  const inTime = building === undefined || (await limit.wait(building));
  const problems = instances.failures.flatMap(({ node, error }) =>
    failureProblems(error, whereIs(node), (reason) => BOOT_ERRORS.CREATE_FAILED({ provider: whereIs(node), reason })),
  );
  if (!inTime) {
    const pending = instances.pending.map(whereIs).join(', ');
    problems.push(toProblem(BOOT_ERRORS.TIMEOUT({ limit: limit.ms, pending })));
  }
  if (problems.length > 0)
    await refuse(
      app,
      problems,
      instances.failures.map(({ error }) => error),
    );
  return app;
}

async function runBootHooks(app: BootedApp, limit: TimeLimit): Promise<void> {
  const problems: Problem[] = [...app.registerServices()];
  const errors: unknown[] = [];
  for (const unit of app.units()) {
    const hook = hookOf(unit, 'onBoot');
    if (hook === undefined) continue;
    const name = hookName(unit, 'onBoot');
    try {
      const found = hook(app);
      if (!(await limit.wait(Promise.resolve(found).then((given) => problems.push(...readProblems(given)))))) {
        problems.push(toProblem(BOOT_ERRORS.TIMEOUT({ limit: limit.ms, pending: name })));
      }
    } catch (error) {
      errors.push(error);
      problems.push(...failureProblems(error, name, (reason) => BOOT_ERRORS.HOOK_FAILED({ hook: name, reason })));
    }
  }
  app.seal();
  if (problems.length > 0) await refuse(app, problems, errors);
}

function readProblems(given: unknown): readonly Problem[] {
  return Array.isArray(given) ? (given as Problem[]) : [];
}

// What was created is released before the boot is refused.
async function refuse(app: BootedApp, problems: readonly Problem[], errors: readonly unknown[]): Promise<never> {
  app.instances.abandon();
  const failures = await app.release(new TimeLimit(5_000));
  const released = failures.map(({ name, error }) => toProblem(BOOT_ERRORS.RELEASE_FAILED({ provider: name, reason: reasonOf(error) })));
  throw new BootError([...problems, ...released], { cause: causeOf(errors) });
}
