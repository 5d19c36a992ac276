import { describeKey } from '../di/describe-key.js';
import type { Instances } from '../module/build.js';
import type { ProviderNode } from '../module/graph.js';
import type { HookName } from '../module/lifecycle-hooks.js';

/** An instance that the application made, and that takes part in its life. */
export interface Unit {
  readonly node: ProviderNode;
  readonly instance: object;
}

/** The instances that were made by classes and factories, dependencies first, each once. Values belong to who made them. */
export function readUnits(order: readonly ProviderNode[], instances: Instances): readonly Unit[] {
  const seen = new Set<unknown>();
  const units: Unit[] = [];
  for (const node of order) {
    const made = node.record.kind === 'class' || node.record.kind === 'factory';
    if (!made || node.scope !== 'app') continue;
    const instance = instances.get(node);
    if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null || seen.has(instance)) continue;
    seen.add(instance);
    units.push({ node, instance });
  }
  return units;
}

/** A hook of an instance, ready to be called; `undefined` if it has none of that name. */
export function hookOf(unit: Unit, name: HookName): ((...args: unknown[]) => unknown) | undefined {
  const hook = (unit.instance as Record<string, unknown>)[name];
  return typeof hook === 'function' ? (...args) => hook.apply(unit.instance, args) as unknown : undefined;
}

/** A hook in words: `Billing.onStart (BillingModule)`. */
export function hookName(unit: Unit, name: HookName | 'dispose'): string {
  return `${describeKey(unit.node.key)}.${name} (${unit.node.module.id})`;
}
