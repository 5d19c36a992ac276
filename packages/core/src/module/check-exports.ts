import { isConfig } from '../config/define-config.js';
import { describeKey } from '../di/describe-key.js';
import type { Key } from '../di/key.js';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { isConfiguredModule } from './configured.js';
import { MODULE_ERRORS } from './errors.js';
import { explainUnknownExport } from './explain-missing.js';
import type { Graph, ModuleNode, ProviderNode } from './graph.js';
import { moduleOptionsOf } from './module.js';

/** Fills in what each module shows to its importers; gives the exports that name nothing. */
export function checkExports(graph: Graph): readonly Problem[] {
  // Imports come first, so what they export is known.
  const problems: Problem[] = [];
  graph.modules.forEach((module) => module.options.exports?.forEach((entry) => problems.push(...addExport(graph, module, entry))));
  return problems;
}

function addExport(graph: Graph, module: ModuleNode, entry: unknown): readonly Problem[] {
  if (isConfiguredModule(entry) || moduleOptionsOf(entry) !== undefined) return addModule(module, entry);
  const key = entry as Key;
  if (isConfig(key)) return [];
  const own = module.own.get(key);
  if (own !== undefined) return show(module, key, [own]);
  // Lists are read across the whole application: exporting one changes nothing, and is no mistake.
  if (module.contributions.some((node) => node.key === key)) return [];
  const found = exportedByImports(module, key);
  if (found.length === 1) return show(module, key, found);
  const names = { module: module.id, key: describeKey(key) };
  if (found.length > 1) {
    const owners = found.map((node) => node.module.id).join(', ');
    return [toProblem(MODULE_ERRORS.EXPORT_AMBIGUOUS({ ...names, owners }), module.id)];
  }
  return [toProblem(MODULE_ERRORS.EXPORT_UNKNOWN({ ...names, cure: explainUnknownExport(graph, module, key) }), module.id)];
}

function addModule(module: ModuleNode, entry: unknown): readonly Problem[] {
  const exported = module.imports.filter((imported) => imported.ref === entry || imported.type === entry);
  if (exported.length === 0) {
    const type = isConfiguredModule(entry) ? entry.module : (entry as { readonly name: string });
    return [toProblem(MODULE_ERRORS.EXPORT_NOT_IMPORTED({ module: module.id, exported: type.name }), module.id)];
  }
  for (const source of exported) for (const [key, nodes] of source.exported) show(module, key, nodes);
  return [];
}

function show(module: ModuleNode, key: Key, nodes: readonly ProviderNode[]): readonly Problem[] {
  const shown = module.exported.get(key);
  module.exported.set(key, shown === undefined ? nodes : distinct([...shown, ...nodes]));
  return none;
}

const none: readonly Problem[] = [];

/** The different providers of a key that a module's imports show. */
export function exportedByImports(module: ModuleNode, key: Key): readonly ProviderNode[] {
  let found: readonly ProviderNode[] = [];
  module.imports.forEach((imported) => {
    const nodes = imported.exported.get(key);
    if (nodes !== undefined) found = found.length === 0 ? nodes : distinct([...found, ...nodes]);
  });
  return found;
}

function distinct(nodes: readonly ProviderNode[]): readonly ProviderNode[] {
  return [...new Set(nodes)];
}
