import type { ReadDep } from '../di/read-dependencies.js';
import type { Key, Scope } from '../di/key.js';
import type { ClassProvider, ProviderRecord } from '../di/provider.js';
import type { ModuleOptions, ModuleRef } from './module.js';
import type { Config } from '../config/define-config.js';

/** A module of one application. */
export interface ModuleNode {
  /** Unique in the application. */
  readonly id: string;
  readonly name: string;
  readonly ref: ModuleRef;
  /** The module's class. */
  readonly type: object;
  readonly options: ModuleOptions;
  readonly imports: ModuleNode[];
  readonly global: boolean;
  /** Own single providers by key. */
  readonly own: Map<Key, ProviderNode>;
  /** Own providers with `many`, in order. */
  readonly contributions: ProviderNode[];
  readonly controllers: ProviderNode[];
  /** What importers see. Filled by `checkExports`. */
  readonly exported: Map<Key, readonly ProviderNode[]>;
  /** The module class itself, if it has a constructor with parameters or lifecycle hooks. */
  self: ProviderNode | undefined;
}

/** A configuration, as a provider. */
export interface ConfigRecord {
  readonly kind: 'config';
  readonly key: Config<unknown>;
  readonly many?: undefined;
  readonly context?: undefined;
}

/** What a provider in the graph was made from. */
export type NodeRecord = ProviderRecord | ConfigRecord;

/** What a node is, for descriptions. */
export type NodeRole = 'provider' | 'controller' | 'module' | 'config';

/** A provider (or controller, or module class) of one application. */
export interface ProviderNode {
  readonly role: NodeRole;
  readonly key: Key;
  readonly module: ModuleNode;
  record: NodeRecord;
  overridden: boolean;
  /** How far `checkGraph` has put it in order. */
  visit: 'unseen' | 'open' | 'done';
  /** Filled by `link`: one for each dependency, in order. */
  edges: readonly Edge[];
  /** Filled by `link`: the targets of all edges, in order. */
  targets: readonly ProviderNode[];
  /** Own scope, after `checkScopes` also that which an alias or a list takes over. */
  scope: Scope;
  /** Filled by `checkGraph`. */
  usesContext: boolean;
  /** Created only if something that is created depends on it. */
  onDemand: boolean;
  /** Filled by `checkGraph`: whether it is created. */
  needed: boolean;
  /** Filled by `Instances`: whether there is an instance. */
  made: boolean;
  /** The instance, once it is made; that of a value is its record's. */
  instance: unknown;
}

/** A dependency, resolved. */
export interface Edge {
  readonly dep: ReadDep;
  /** `none`: the parameter keeps its default. */
  readonly mode: 'one' | 'optional' | 'all' | 'none';
  readonly targets: readonly ProviderNode[];
}

/** All modules and providers of one application. */
export interface Graph {
  readonly root: ModuleNode;
  /** Imports first; the root is last. */
  readonly modules: readonly ModuleNode[];
  /** Configurations are visible everywhere, by identity. */
  readonly configs: Map<Key, ProviderNode>;
}

/** Visits every node of the graph: configurations; then per module its providers, its controllers, and its class. */
export function eachNode(graph: Graph, visit: (node: ProviderNode) => void): void {
  graph.configs.forEach(visit);
  graph.modules.forEach((module) => {
    module.own.forEach(visit);
    module.contributions.forEach(visit);
    module.controllers.forEach(visit);
    if (module.self !== undefined) visit(module.self);
  });
}

/** From now on a node is created, and what it depends on. With a list of its own: a long chain is no deep recursion. */
export function markNeeded(node: ProviderNode): void {
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.needed) continue;
    next.needed = true;
    open.push(...next.targets);
  }
}

/** The module's own providers: single ones as listed, then parts of lists. */
export function providersOf(module: ModuleNode): readonly ProviderNode[] {
  return [...module.own.values(), ...module.contributions];
}

const none: readonly never[] = [];

/** A node made from a record. */
export function createNode(role: NodeRole, module: ModuleNode, record: NodeRecord, scope: Scope): ProviderNode {
  const key = role === 'controller' ? (record as ClassProvider).type : record.key;
  const onDemand = (record.kind === 'class' || record.kind === 'factory') && record.whenNeeded === true;
  return {
    role,
    key,
    module,
    record,
    scope,
    onDemand,
    overridden: false,
    visit: 'unseen',
    edges: none,
    targets: none,
    usesContext: false,
    needed: !onDemand,
    made: false,
    instance: undefined,
  };
}

/** The node of a configuration; when it is listed nowhere, it is read only if something needs it. */
export function createConfigNode(module: ModuleNode, record: ConfigRecord, listed: boolean): ProviderNode {
  const node = createNode('config', module, record, 'app');
  node.onDemand = !listed;
  node.needed = listed;
  return node;
}
