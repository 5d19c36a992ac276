import { DI_ERRORS } from '../di/errors.js';
import { describeKey } from '../di/describe-key.js';
import { isDependency, keyOf } from '../di/dependency.js';
import type { Dep, Key } from '../di/key.js';
import { parameterNames } from '../di/parameter-names.js';
import { checkListed, LEFT_OUT, readDependencies, type ReadDep, type ReadDependencies } from '../di/read-dependencies.js';
import { toProblem } from '../errors/define-errors.js';
import type { AppError } from '../errors/app-error.js';
import type { Problem } from '../errors/boot-error.js';
import { explainMissing, type Asker } from './explain-missing.js';
import type { Edge, Graph, ModuleNode, ProviderNode } from './graph.js';
import { eachNode } from './graph.js';
import type { Visibility } from './visibility.js';

/** Resolves every dependency of every provider to the providers that meet it; gives those that cannot be met. */
export function linkGraph(graph: Graph, visibility: Visibility): readonly Problem[] {
  const problems: Problem[] = [];
  eachNode(graph, (node) => {
    const { deps, errors } = depsOf(node);
    if (errors.length > 0) problems.push(...errors.map((error) => toProblem(error, whereIs(node))));
    if (deps.length === 0) return;
    const edges = new Array<Edge>(deps.length);
    for (let index = 0; index < deps.length; index++) {
      const dep = deps[index]!;
      edges[index] = linkPlainly(visibility, node, dep) ?? linkParameter(graph, visibility, node, dep, index, problems);
    }
    node.edges = edges;
    node.targets = edges.length === 1 ? edges[0]!.targets : edges.flatMap((edge) => edge.targets);
  });
  return problems;
}

// Nearly every dependency is a plain key that one provider meets; what is left is looked at with more care, and can fail.
function linkPlainly(visibility: Visibility, node: ProviderNode, dep: ReadDep): Edge | undefined {
  if (typeof dep !== 'function') return undefined;
  const targets = visibility.visible(node.module, dep);
  return targets.length === 1 ? { dep, mode: 'one', targets } : undefined;
}

function linkParameter(graph: Graph, visibility: Visibility, node: ProviderNode, dep: ReadDep, index: number, problems: Problem[]): Edge {
  const edge = linkDep(graph, visibility, node.module, dep, () => ({
    consumer: describeKey(node.key),
    parameter: parameterOf(node, index),
  }));
  if (!(edge instanceof Error)) return edge;
  problems.push(toProblem(edge, `${whereIs(node)}, ${parameterOf(node, index)}`));
  return { dep, mode: 'none', targets: [] };
}

/** Resolves one dependency as a module sees it. `asker` is called only when something is wrong. */
export function linkDep(graph: Graph, visibility: Visibility, module: ModuleNode, dep: ReadDep, asker: () => Asker): Edge | AppError {
  if (dep === LEFT_OUT) return { dep, mode: 'none', targets: [] };
  const key = keyOf(dep as Dep);
  const mode = isDependency(dep) ? dep.mode : 'one';
  const found = visibility.visible(module, key);
  if (found.length === 1 && mode !== 'all') return { dep, mode, targets: found };
  const list = visibility.contributions(key);
  if (mode === 'all') {
    if (list.length > 0 || found.length === 0) return { dep, mode, targets: list };
    return DI_ERRORS.NOT_A_LIST({ ...asker(), key: describeKey(key), owner: found[0]!.module.id });
  }
  const names = { key: describeKey(key), module: module.id };
  if (found.length > 1) {
    return DI_ERRORS.AMBIGUOUS({ ...asker(), ...names, owners: found.map((node) => node.module.id).join(', ') });
  }
  if (list.length > 0) return DI_ERRORS.LIST_EXPECTED({ ...asker(), key: names.key });
  return mode === 'optional' ? { dep, mode, targets: [] } : explainMissing(graph, visibility, module, key, asker());
}

/** The dependencies of a provider as they are listed or recorded, replacements applied. */
function depsOf(node: ProviderNode): ReadDependencies {
  const { record } = node;
  if (record.kind === 'alias') return { deps: [record.existing], errors: [] };
  if (record.kind === 'factory') return checkListed(record.deps ?? [], node.key, describeKey);
  if (record.kind !== 'class') return { deps: [], errors: [] };
  const read = record.deps === undefined ? readDependencies(record.type) : checkListed(record.deps, node.key, describeKey);
  return record.replace === undefined ? read : replaceDeps(read, record.replace, describeKey(record.type));
}

/** Where a provider stands: `Billing (BillingModule)`. */
export function whereIs(node: ProviderNode): string {
  return `${describeKey(node.key)} (${node.module.id})`;
}

/** A parameter in words: `constructor parameter 1 (clock)`. */
export function parameterOf(node: ProviderNode, index: number): string {
  const { record } = node;
  if (record.kind === 'alias') return 'the alias';
  const kind = record.kind === 'factory' ? 'factory parameter' : 'constructor parameter';
  const source = record.kind === 'factory' ? record.create : record.kind === 'class' ? constructorOwner(record.type) : undefined;
  const name = source === undefined ? undefined : parameterNames(source)[index];
  return name === undefined ? `${kind} ${index}` : `${kind} ${index} (${name})`;
}

function replaceDeps(read: ReadDependencies, pairs: readonly (readonly [Key, Key])[], consumer: string): ReadDependencies {
  const errors = [...read.errors];
  let deps: readonly ReadDep[] = read.deps;
  const keys = deps.flatMap((dep) => (dep === LEFT_OUT ? [] : [keyOf(dep as Dep)]));
  for (const [replaced, by] of pairs) {
    if (!keys.includes(replaced)) {
      errors.push(DI_ERRORS.REPLACE_UNUSED({ consumer, key: describeKey(replaced), deps: keys.map(describeKey).join(', ') || 'none' }));
    }
    deps = deps.map((dep) => (dep !== LEFT_OUT && keyOf(dep as Dep) === replaced ? by : dep));
  }
  return { deps, errors };
}

// The class whose constructor runs: the nearest one that declares it.
function constructorOwner(type: object): object {
  for (let owner: unknown = type; typeof owner === 'function' && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {
    if (/[\s{};]constructor\s*\(/.test(Function.prototype.toString.call(owner))) return owner;
  }
  return type;
}
