import { isConfig } from '../config/define-config.js';
import { describeKey } from '../di/describe-key.js';
import { DI_ERRORS } from '../di/errors.js';
import type { Key } from '../di/key.js';
import { toProblem } from '../errors/define-errors.js';
import type { AppError } from '../errors/app-error.js';
import type { Problem } from '../errors/boot-error.js';
import { readProvider, scopeOf } from './collect-providers.js';
import { suggest } from './explain-missing.js';
import { createNode, type Graph, type ModuleNode, type NodeRecord, type ProviderNode } from './graph.js';
import { configNode } from './visibility.js';

/**
 * Puts overrides in the place of the providers with the same key, in every module. What they replace is never created. Their own
 * dependencies are those that the replaced provider's module sees.
 */
export function applyOverrides(graph: Graph, overrides: readonly unknown[]): readonly Problem[] {
  const problems: Problem[] = [];
  const byKey = new Map<Key, NodeRecord[]>();
  overrides.forEach((entry, index) => {
    const record = readProvider(entry, () => `overrides[${index}]`);
    if (record instanceof Error) problems.push(toProblem(record));
    else byKey.set(record.key, [...(byKey.get(record.key) ?? []), record]);
  });
  for (const [key, records] of byKey) {
    const error = overrideKey(graph, key, records);
    if (error !== undefined) problems.push(toProblem(error, 'overrides'));
  }
  return problems;
}

function overrideKey(graph: Graph, key: Key, records: readonly NodeRecord[]): AppError | undefined {
  const name = describeKey(key);
  const singles = isConfig(key) ? [configNode(graph, graph.root, key)] : graph.modules.flatMap((module) => module.own.get(key) ?? []);
  const lists = graph.modules.filter((module) => module.contributions.some((node) => node.key === key));
  const asList = records.some((record) => record.many === true);
  if (singles.length === 0 && lists.length === 0) {
    return DI_ERRORS.OVERRIDE_UNMATCHED({ key: name, cure: unmatchedCure(graph, key) });
  }
  if (asList ? singles.length > 0 : lists.length > 0) {
    return DI_ERRORS.OVERRIDE_KIND({ key: name, is: asList ? 'is a list' : 'is one value', was: asList ? 'is one value' : 'is a list' });
  }
  if (asList) return overrideList(lists, key, records);
  if (records.length > 1) return DI_ERRORS.OVERRIDE_TWICE({ key: name, count: records.length });
  for (const node of singles) replaceRecord(node, records[0]!);
  return undefined;
}

function replaceRecord(node: ProviderNode, record: NodeRecord): void {
  node.record = record;
  node.scope = scopeOf(record);
  node.overridden = true;
}

// The whole list is replaced, in the place of its first part.
function overrideList(modules: readonly ModuleNode[], key: Key, records: readonly NodeRecord[]): undefined {
  modules.forEach((module, index) => {
    const at = module.contributions.findIndex((node) => node.key === key);
    const kept = module.contributions.filter((node) => node.key !== key);
    if (index === 0) {
      const nodes = records.map((record) => createNode('provider', module, record, scopeOf(record)));
      for (const node of nodes) node.overridden = true;
      kept.splice(at, 0, ...nodes);
    }
    module.contributions.splice(0, module.contributions.length, ...kept);
  });
}

function unmatchedCure(graph: Graph, key: Key): string {
  const name = describeKey(key);
  return (
    `Remove the override, or name a key that the application provides.${suggest(graph, key)}` +
    (typeof key === 'function' ? ` To replace a class by another, write provideClass(TheOriginal, ${name}).` : '')
  );
}
