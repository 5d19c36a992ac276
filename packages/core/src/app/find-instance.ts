import { describeKey } from '../di/describe-key.js';
import { isDependency, keyOf } from '../di/dependency.js';
import type { Dep } from '../di/key.js';
import type { Instances } from '../module/build.js';
import { isConfiguredModule } from '../module/configured.js';
import { suggest } from '../module/explain-missing.js';
import type { ModuleNode, ProviderNode } from '../module/graph.js';
import type { ModuleRef } from '../module/module.js';
import type { Plan } from './boot.js';
import { APP_ERRORS } from './errors.js';

/** What a key gives, as a module sees it, the root module by default; then the only one there is anywhere. */
export function findInstance(plan: Plan, instances: Instances, dep: Dep, from: ModuleRef | undefined): unknown {
  const name = describeKey(dep);
  if (isDependency(dep) && dep.mode === 'all') return plan.visibility.contributions(dep.key).map((node) => read(instances, node, name));
  const node = from === undefined ? findAnywhere(plan, dep) : findIn(plan, dep, from);
  if (node !== undefined) return read(instances, node, name);
  if (isDependency(dep)) return undefined;
  throw APP_ERRORS.NO_PROVIDER({ key: name, cure: missingCure(plan, dep, from) });
}

function findAnywhere(plan: Plan, dep: Dep): ProviderNode | undefined {
  const key = keyOf(dep);
  const seen = plan.visibility.visible(plan.graph.root, key);
  if (seen.length === 1) return seen[0];
  const controllers = plan.graph.modules.flatMap((module) => module.controllers.filter((node) => node.key === key));
  const all = [...plan.visibility.anywhere(key), ...controllers];
  if (all.length > 1) throw APP_ERRORS.SEVERAL_PROVIDERS({ key: describeKey(key), owners: all.map((node) => node.module.id).join(', ') });
  return all[0];
}

function findIn(plan: Plan, dep: Dep, from: ModuleRef): ProviderNode | undefined {
  const key = keyOf(dep);
  const module = findModule(plan, key, from);
  return plan.visibility.visible(module, key)[0] ?? module.controllers.find((node) => node.key === key);
}

function findModule(plan: Plan, key: Dep, from: ModuleRef): ModuleNode {
  const exact = plan.graph.modules.find((module) => module.ref === from);
  if (exact !== undefined) return exact;
  const byClass = plan.graph.modules.filter((module) => module.type === from);
  if (byClass.length === 1) return byClass[0]!;
  const module = isConfiguredModule(from) ? from.module.name : from.name;
  const reason = byClass.length > 1 ? ` exactly once, but ${byClass.length} times` : '';
  throw APP_ERRORS.UNKNOWN_MODULE({ key: describeKey(key), module, reason });
}

function read(instances: Instances, node: ProviderNode, name: string): unknown {
  if (node.scope === 'request') throw APP_ERRORS.REQUEST_SCOPED({ key: name });
  if (!instances.has(node)) throw APP_ERRORS.NOT_NEEDED({ key: name });
  return instances.get(node);
}

function missingCure(plan: Plan, dep: Dep, from: ModuleRef | undefined): string {
  if (plan.visibility.contributions(keyOf(dep)).length > 0) return `It is a list: app.get(allOf(${describeKey(dep)})).`;
  const where = from === undefined ? 'a module of the application' : 'that module, or export it to it';
  return `Provide it in ${where}.${suggest(plan.graph, keyOf(dep))}`;
}
