import { isConfig } from '../config/define-config.js';
import type { Key } from '../di/key.js';
import { exportedByImports } from './check-exports.js';
import { createConfigNode, type Graph, type ModuleNode, type ProviderNode } from './graph.js';

/** Answers which providers a module sees. */
export interface Visibility {
  /** The providers of a key that a module sees: none, one, or several when it cannot be told which is meant. */
  visible(module: ModuleNode, key: Key): readonly ProviderNode[];
  /** Everything contributed to a list, in the order of the modules. */
  contributions(key: Key): readonly ProviderNode[];
  /** Every provider of a key, visible or not. */
  anywhere(key: Key): readonly ProviderNode[];
}

/** What is a module's own wins over what it imports, and that over what global modules show. */
export function readVisibility(graph: Graph): Visibility {
  const globals = graph.modules.filter((module) => module.global);
  const lists = new Map<Key, ProviderNode[]>();
  for (const module of graph.modules) {
    for (const node of module.contributions) {
      const list = lists.get(node.key);
      if (list === undefined) lists.set(node.key, [node]);
      else list.push(node);
    }
  }
  return {
    visible(module, key) {
      if (typeof key === 'object' && isConfig(key)) return [configNode(graph, module, key)];
      const own = module.own.get(key);
      if (own !== undefined) return [own];
      const imported = exportedByImports(module, key);
      if (imported.length > 0) return imported;
      return [...new Set(globals.flatMap((global) => global.exported.get(key) ?? []))];
    },
    contributions: (key) => lists.get(key) ?? [],
    anywhere: (key) => graph.modules.flatMap((module) => module.own.get(key) ?? []),
  };
}

/** The node of a configuration; made, for the module that needs it first, when it is listed nowhere. */
export function configNode(graph: Graph, module: ModuleNode, config: Key): ProviderNode {
  let node = graph.configs.get(config);
  if (node === undefined) {
    node = createConfigNode(module, { kind: 'config', key: config as never }, false);
    graph.configs.set(config, node);
  }
  return node;
}
