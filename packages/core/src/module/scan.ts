import { describeOther } from '../di/describe-key.js';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { isConfiguredModule } from './configured.js';
import { MODULE_ERRORS } from './errors.js';
import type { ModuleNode } from './graph.js';
import { moduleOptionsOf, type ModuleOptions, type ModuleRef } from './module.js';

/** The modules of an application, imports first. */
export interface ScannedModules {
  readonly modules: readonly ModuleNode[];
  readonly root: ModuleNode | undefined;
  readonly problems: readonly Problem[];
}

/** Follows the imports of the root module. `first` are modules that belong to every application. */
export function scanModules(root: ModuleRef, first: readonly ModuleRef[] = []): ScannedModules {
  const scan = new Scan();
  for (const ref of first) scan.visit(ref, () => 'the modules of every application');
  const node = scan.visit(root, () => 'The root module');
  return { modules: scan.modules, root: node, problems: scan.problems };
}

class Scan {
  readonly modules: ModuleNode[] = [];
  readonly problems: Problem[] = [];
  readonly #nodes = new Map<ModuleRef, ModuleNode>();
  readonly #names = new Map<string, number>();
  // From the root to the module that is being visited.
  readonly #path: ModuleNode[] = [];

  /** `place` says where the module is listed; called only if something is wrong. */
  visit(ref: ModuleRef, place: () => string): ModuleNode | undefined {
    const known = this.#nodes.get(ref);
    if (known !== undefined) return this.#path.includes(known) ? this.#reportCycle(known) : known;
    const options = readOptions(ref);
    if (options === undefined) return this.#reportNoModule(ref, place());
    const node = this.#open(ref, options);
    this.#path.push(node);
    options.imports?.forEach((imported, index) => {
      const found = this.visit(imported, () => `imports[${index}] of ${node.id}`);
      if (found !== undefined && !node.imports.includes(found)) node.imports.push(found);
    });
    this.#path.pop();
    this.modules.push(node);
    return node;
  }

  #open(ref: ModuleRef, options: ModuleOptions): ModuleNode {
    const type = isConfiguredModule(ref) ? ref.module : ref;
    const count = (this.#names.get(type.name) ?? 0) + 1;
    this.#names.set(type.name, count);
    const node: ModuleNode = {
      id: count === 1 ? type.name : `${type.name}#${count}`,
      name: type.name,
      ref,
      type,
      options,
      imports: [],
      global: options.global === true,
      own: new Map(),
      contributions: [],
      controllers: [],
      exported: new Map(),
      self: undefined,
    };
    this.#nodes.set(ref, node);
    return node;
  }

  #reportCycle(node: ModuleNode): undefined {
    const path = this.#path;
    const circle = [...path.slice(path.indexOf(node)), node].map((module) => module.id).join(' → ');
    this.problems.push(toProblem(MODULE_ERRORS.CYCLE({ path: circle }), path.at(-1)?.id));
  }

  #reportNoModule(ref: unknown, place: string): undefined {
    const error =
      ref === undefined ? MODULE_ERRORS.UNDEFINED_IMPORT({ place }) : MODULE_ERRORS.NOT_A_MODULE({ place, found: describeOther(ref) });
    this.problems.push(toProblem(error));
  }
}

// Frozen from here on: what boot has checked cannot change under it.
function readOptions(ref: ModuleRef): ModuleOptions | undefined {
  if (!isConfiguredModule(ref)) return freeze(moduleOptionsOf(ref));
  const own = moduleOptionsOf(ref.module);
  return own === undefined ? undefined : freeze(ref.replaces ? ref.options : mergeOptions(own, ref.options));
}

function mergeOptions(own: ModuleOptions, added: ModuleOptions): ModuleOptions {
  const merged: Record<string, unknown> = { ...own };
  for (const [name, value] of Object.entries(added)) {
    const before = merged[name];
    merged[name] = Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : (value ?? before);
  }
  freeze(added);
  return merged;
}

function freeze(options: ModuleOptions | undefined): ModuleOptions | undefined {
  if (options === undefined) return undefined;
  for (const part of Object.values(options) as unknown[]) if (Array.isArray(part)) Object.freeze(part);
  return Object.freeze(options);
}
