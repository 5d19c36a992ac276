import type { ConfigReportEntry } from '../config/config-report.js';
import { describeKey } from '../di/describe-key.js';
import { keyOf } from '../di/dependency.js';
import type { Dep, Scope } from '../di/key.js';
import { providersOf, type Graph, type ProviderNode } from './graph.js';

/** An application as plain data: what tools, documentation and agents read. */
export interface AppDescription {
  /** Imports first; the root is last. */
  readonly modules: readonly ModuleDescription[];
  /** Dependencies first: the order in which instances are made and started. */
  readonly providers: readonly ProviderDescription[];
  /** Where each value of the configuration came from; secrets are masked. */
  readonly configuration: readonly ConfigReportEntry[];
}

/** A module as plain data. */
export interface ModuleDescription {
  readonly id: string;
  readonly name: string;
  readonly global: boolean;
  /** Ids of modules. */
  readonly imports: readonly string[];
  /** Ids of the providers visible to importers. */
  readonly exports: readonly string[];
  /** Ids of the module's own providers and controllers. */
  readonly providers: readonly string[];
}

/** A provider or controller as plain data. */
export interface ProviderDescription {
  /** `<module id>/<key>`, with `#2` and so on for further ones. */
  readonly id: string;
  readonly key: string;
  readonly kind: 'class' | 'value' | 'factory' | 'alias' | 'config' | 'controller' | 'module';
  /** Id of the module. */
  readonly module: string;
  readonly scope: Scope;
  readonly many: boolean;
  /** Whether this, or anything it depends on, reads the request context. */
  readonly usesContext: boolean;
  /** Whether it takes the place of another provider. */
  readonly overridden: boolean;
  /** Whether there is an instance; `false` for what is provided `whenNeeded` and was not, and for request scope. */
  readonly created: boolean;
  readonly deps: readonly DependencyDescription[];
}

/** One dependency of a provider as plain data. */
export interface DependencyDescription {
  readonly key: string;
  readonly mode: 'one' | 'optional' | 'all';
  /** Ids of the providers it is met by: one, none if optional and absent, any number for a list. */
  readonly providers: readonly string[];
}

/** The whole graph as plain data. */
export function describeGraph(graph: Graph, order: readonly ProviderNode[], configuration: readonly ConfigReportEntry[]): AppDescription {
  const ids = nameNodes(order);
  const idsOf = (nodes: Iterable<ProviderNode>): string[] => [...nodes].flatMap((node) => ids.get(node) ?? []);
  return {
    configuration: [...configuration],
    modules: graph.modules.map((module) => ({
      id: module.id,
      name: module.name,
      global: module.global,
      imports: module.imports.map((imported) => imported.id),
      exports: idsOf([...module.exported.values()].flat()),
      providers: idsOf([...providersOf(module), ...module.controllers]),
    })),
    providers: order.map((node) => ({
      id: ids.get(node)!,
      key: describeKey(node.key),
      kind: node.role === 'controller' || node.role === 'module' ? node.role : node.record.kind,
      module: node.module.id,
      scope: node.scope,
      many: node.record.many === true,
      usesContext: node.usesContext,
      overridden: node.overridden,
      created: node.needed && node.scope === 'app',
      deps: node.edges.flatMap((edge) =>
        edge.mode === 'none' ? [] : [{ key: describeKey(keyOf(edge.dep as Dep)), mode: edge.mode, providers: idsOf(edge.targets) }],
      ),
    })),
  };
}

function nameNodes(order: readonly ProviderNode[]): ReadonlyMap<ProviderNode, string> {
  const counts = new Map<string, number>();
  return new Map(
    order.map((node) => {
      const base = `${node.module.id}/${describeKey(node.key)}`;
      const count = (counts.get(base) ?? 0) + 1;
      counts.set(base, count);
      return [node, count === 1 ? base : `${base}#${count}`];
    }),
  );
}
