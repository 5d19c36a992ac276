import { describeKey } from '../di/describe-key.js';
import { DI_ERRORS } from '../di/errors.js';
import type { Key } from '../di/key.js';
import { sourceOf } from '../di/token.js';
import type { AppError } from '../errors/app-error.js';
import { nearestName } from '../text/nearest-name.js';
import { providersOf, type Graph, type ModuleNode, type ProviderNode } from './graph.js';
import { moduleOptionsOf } from './module.js';
import type { Visibility } from './visibility.js';

/** Who asks for a key, in words. */
export interface Asker {
  /** Such as `Billing`. */
  readonly consumer: string;
  /** Such as `constructor parameter 1 (clock)`. */
  readonly parameter: string;
}

/** Why a module does not see a key, and the cure that fits. */
export function explainMissing(graph: Graph, visibility: Visibility, module: ModuleNode, key: Key, asker: Asker): AppError {
  const names = { ...asker, key: describeKey(key), module: module.id };
  const owners = visibility.anywhere(key).filter((node) => node.module !== module);
  if (owners.length > 0) {
    return DI_ERRORS.HIDDEN({
      ...names,
      owner: owners.map((node) => node.module.id).join(' and '),
      cure: cureHidden(module, owners[0]!, key),
    });
  }
  return DI_ERRORS.MISSING({ ...names, cure: cureMissing(graph, module, key) });
}

/** What an export of an unknown key most likely meant. */
export function explainUnknownExport(graph: Graph, module: ModuleNode, key: Key): string {
  const name = describeKey(key);
  const owner = graph.modules.find((other) => other.own.has(key));
  if (owner !== undefined) return `${owner.id} provides ${name}: ${cureHidden(module, owner.own.get(key)!, key)}`;
  const source = sourceOf(key);
  if (source !== undefined && isOf(source, module)) return ownKey(module, name);
  return `Add a provider of ${name} to ${module.id}, or remove ${name} from its exports.${suggest(graph, key)}`;
}

/** A sentence for a key that nothing provides but something similar of the same kind does; empty if nothing is similar. */
export function suggest(graph: Graph, key: Key): string {
  const name = describeKey(key);
  // A class is not meant where a token is written, nor the other way round.
  const others = graph.modules.flatMap(providersOf).filter((node) => isClassKey(node.key) === isClassKey(key) && node.key !== key);
  const twin = others.find((node) => describeKey(node.key) === name);
  if (twin !== undefined) return ` ${sameName(twin, key)}`;
  const nearest = nearestName(name, new Set(others.map((node) => describeKey(node.key))));
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}

function cureMissing(graph: Graph, module: ModuleNode, key: Key): string {
  const name = describeKey(key);
  if (moduleOptionsOf(key) !== undefined) return `${name} is a module: import it, and depend on something it exports.`;
  if (graph.modules.some((other) => other.controllers.some((node) => node.key === key))) {
    return `${name} is a controller, and nothing can depend on a controller: move what both need into a provider.`;
  }
  const source = sourceOf(key);
  if (source !== undefined) {
    if (isOf(source, module)) return ownKey(module, name);
    if (typeof key === 'function') return `Import ${source} into ${module.id}; or mark the dependency optional.${suggest(graph, key)}`;
    return `Import ${source} into ${module.id}, or add provideValue(${name}, …) or provideFactory(${name}, …) to its providers; or mark the dependency optional.`;
  }
  const provider = typeof key === 'function' ? name : `provideValue(${name}, …) or provideFactory(${name}, …)`;
  return `Add ${provider} to the providers of ${module.id}, or import a module that exports ${name}; or mark the dependency optional.${suggest(graph, key)}`;
}

function cureHidden(module: ModuleNode, node: ProviderNode, key: Key): string {
  const owner = node.module;
  const steps: string[] = [];
  const shown = owner.exported.has(key) || (owner.options.exports ?? []).some((entry) => entry === key);
  if (!shown) steps.push(`add ${describeKey(key)} to the exports of ${owner.id}`);
  if (!module.imports.includes(owner) && !(owner.global && !shown)) steps.push(`add ${owner.id} to the imports of ${module.id}`);
  const text = steps.join(', and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Whether a source, such as `AccountsModule of @plinth/auth/accounts`, is this very module. */
function isOf(source: string, module: ModuleNode): boolean {
  return source.startsWith(`${module.id} of `);
}

// To import a module into itself helps nobody: an option of it took the provider's place, and provides another key.
function ownKey(module: ModuleNode, name: string): string {
  return `${module.id} provides ${name} itself, unless it is given something else: pass ${module.id}.with(...) a provider of ${name}.`;
}

function isClassKey(key: Key): boolean {
  return typeof key === 'function';
}

function sameName(twin: ProviderNode, key: Key): string {
  const kind = typeof key === 'function' ? 'class' : 'key';
  return `${twin.module.id} provides another ${kind} of the same name: two are never equal, so import the one that is provided.`;
}
