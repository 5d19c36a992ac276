import { describeKey } from '../di/describe-key.js';
import { readListeners } from '../events/on.js';
import type { ProviderNode } from '../module/graph.js';
import { hasLifecycleHook, type HookName } from '../module/lifecycle-hooks.js';

/** An instance that the application made, and that takes part in its life: it has a hook or listens to events. */
export interface Unit {
  readonly node: ProviderNode;
  readonly instance: object;
}

/**
 * The instances with a lifecycle hook or a listener among those that classes and factories made, dependencies first, each once. Values
 * belong to who made them.
 */
export function readUnits(order: readonly ProviderNode[]): readonly Unit[] {
  const seen = new Set<unknown>();
  const units: Unit[] = [];
  order.forEach((node) => {
    const { instance } = node;
    const created = node.record.kind === 'class' || node.record.kind === 'factory';
    if (!created || !takesPart(instance) || seen.has(instance)) return;
    seen.add(instance);
    units.push({ node, instance });
  });
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

function takesPart(instance: unknown): instance is object {
  if ((typeof instance !== 'object' && typeof instance !== 'function') || instance === null) return false;
  return hasLifecycleHook(instance) || readListeners(instance).length > 0;
}
