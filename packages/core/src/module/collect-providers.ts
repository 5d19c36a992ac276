import { isConfig } from '../config/define-config.js';
import { describeKey, describeOther, isKey } from '../di/describe-key.js';
import { DI_ERRORS } from '../di/errors.js';
import type { Class, ConcreteClass, Key, Scope } from '../di/key.js';
import { isProviderRecord } from '../di/provider.js';
import { readScope } from '../di/read-dependencies.js';
import { ownRecipe } from '../di/recipe.js';
import type { AppError } from '../errors/app-error.js';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { MODULE_ERRORS } from './errors.js';
import { createConfigNode, createNode, type Graph, type ModuleNode, type NodeRecord } from './graph.js';
import { hasLifecycleHook } from './lifecycle-hooks.js';
import { moduleOptionsOf } from './module.js';

/** Reads the providers and controllers that the modules list into the graph; gives what is wrong with them. */
export function collectProviders(graph: Graph): readonly Problem[] {
  const problems: Problem[] = [];
  graph.modules.forEach((module) => {
    collectSelf(module);
    collectOwn(graph, module, problems);
    collectControllers(module, problems);
  });
  return problems;
}

/** A provider as a record, or why it is none. `where` says where it is listed; called only if something is wrong. */
export function readProvider(entry: unknown, where: () => string): NodeRecord | AppError {
  if (isProviderRecord(entry)) return checkKeys(entry, where);
  if (isConfig(entry)) return { kind: 'config', key: entry };
  if (entry === undefined) return DI_ERRORS.UNDEFINED_KEY({ place: where() });
  if (typeof entry !== 'function') return DI_ERRORS.BAD_PROVIDER({ place: where(), found: describeOther(entry) });
  if (moduleOptionsOf(entry) !== undefined) return MODULE_ERRORS.AS_PROVIDER({ place: where(), found: describeOther(entry) });
  if (!isClass(entry)) return DI_ERRORS.BAD_PROVIDER({ place: where(), found: `the function ${describeOther(entry)}` });
  return { kind: 'class', key: entry as Class, type: entry as unknown as ConcreteClass };
}

/** The scope a record asks for; an alias takes over that of what it names, later. */
export function scopeOf(record: NodeRecord): Scope {
  if (record.kind === 'class') return record.scope ?? readScope(record.type) ?? 'app';
  return record.kind === 'factory' ? (record.scope ?? 'app') : 'app';
}

function collectOwn(graph: Graph, module: ModuleNode, problems: Problem[]): void {
  const again = new Map<Key, number>();
  let at = -1;
  const where = (): string => `providers[${at}] of ${module.id}`;
  module.options.providers?.forEach((entry) => {
    at++;
    const record = readProvider(entry, where);
    if (record instanceof Error) {
      problems.push(toProblem(record, module.id));
      return;
    }
    if (record.kind === 'config') {
      if (!graph.configs.has(record.key)) graph.configs.set(record.key, createConfigNode(module, record, true));
      return;
    }
    const node = createNode('provider', module, record, scopeOf(record));
    if (record.many === true) {
      module.contributions.push(node);
      return;
    }
    if (module.own.has(record.key)) again.set(record.key, (again.get(record.key) ?? 1) + 1);
    module.own.set(record.key, node);
  });
  for (const [key, count] of again) {
    problems.push(toProblem(DI_ERRORS.DUPLICATE({ module: module.id, key: describeKey(key), count }), module.id));
  }
  for (const key of new Set(module.contributions.map((node) => node.key))) {
    if (module.own.has(key)) problems.push(toProblem(DI_ERRORS.MIXED({ module: module.id, key: describeKey(key) }), module.id));
  }
}

function collectControllers(module: ModuleNode, problems: Problem[]): void {
  const { controllers } = module.options;
  if (controllers === undefined) return;
  const counts = new Map<unknown, number>();
  controllers.forEach((entry, index) => {
    const place = `controllers[${index}] of ${module.id}`;
    const record = readProvider(entry, () => place);
    if (record instanceof Error) problems.push(toProblem(record, module.id));
    else if (record.kind !== 'class') problems.push(toProblem(DI_ERRORS.BAD_PROVIDER({ place, found: `a ${record.kind}` }), module.id));
    else {
      counts.set(record.type, (counts.get(record.type) ?? 0) + 1);
      module.controllers.push(createNode('controller', module, record, scopeOf(record)));
    }
  });
  for (const [type, count] of counts) {
    if (count > 1) problems.push(toProblem(DI_ERRORS.DUPLICATE({ module: module.id, key: describeOther(type), count }), module.id));
  }
}

// Most module classes are empty, and are not constructed at all.
function collectSelf(module: ModuleNode): void {
  const type = module.type as ConcreteClass;
  const alive = type.length > 0 || ownRecipe(type) !== undefined || hasLifecycleHook(Reflect.get(type, 'prototype') as object);
  if (alive) module.self = createNode('module', module, { kind: 'class', key: type, type }, 'app');
}

function checkKeys(record: NodeRecord, where: () => string): NodeRecord | AppError {
  const key: unknown = record.kind === 'alias' && isKey(record.key) ? record.existing : record.key;
  if (key === undefined) return DI_ERRORS.UNDEFINED_KEY({ place: where() });
  if (typeof key !== 'function' && !isKey(key)) return DI_ERRORS.BAD_KEY({ place: `The key of ${where()}`, found: describeOther(key) });
  if (record.kind === 'class' && !isClass(record.type))
    return DI_ERRORS.BAD_PROVIDER({ place: where(), found: describeOther(record.type) });
  return record;
}

// Arrow functions and methods have no prototype.
function isClass(value: unknown): boolean {
  return typeof value === 'function' && Object.hasOwn(value, 'prototype');
}
