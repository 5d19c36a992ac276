import { isConfig } from '../config/define-config.js';
import { describeKey } from '../di/describe-key.js';
import type { Key } from '../di/key.js';
import { sourceOf } from '../di/token.js';
import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { isConfiguredModule } from './configured.js';
import { MODULE_ERRORS } from './errors.js';
import { suggest } from './explain-missing.js';
import type { Graph, ModuleNode } from './graph.js';
import { moduleOptionsOf } from './module.js';
import type { Visibility } from './visibility.js';

/** Checks what modules say they require without importing it. */
export function checkRequirements(graph: Graph, visibility: Visibility): readonly Problem[] {
  return graph.modules.flatMap((module) =>
    (module.options.requires ?? []).flatMap((required) => checkRequirement(graph, visibility, module, required)),
  );
}

function checkRequirement(graph: Graph, visibility: Visibility, module: ModuleNode, required: unknown): readonly Problem[] {
  if (isConfiguredModule(required) || moduleOptionsOf(required) !== undefined) {
    if (graph.modules.some((other) => other.ref === required || other.type === required)) return [];
    const name = isConfiguredModule(required) ? required.module.name : (required as { readonly name: string }).name;
    const cure = `Add ${name} to the imports of a module of the application; ${module.id} does not work without it.`;
    return [
      toProblem(
        MODULE_ERRORS.REQUIRED({ module: module.id, key: `the module ${name}`, absence: 'is not part of the application', cure }),
        module.id,
      ),
    ];
  }
  const key = required as Key;
  if (isConfig(key) || visibility.visible(module, key).length > 0 || visibility.contributions(key).length > 0) return [];
  const name = describeKey(key);
  const owners = visibility.anywhere(key).map((node) => node.module.id);
  const absence = owners.length === 0 ? 'nothing provides' : `only ${owners.join(' and ')} provides, where ${module.id} cannot see it`;
  const cure =
    owners.length === 0
      ? sourceOf(key) === undefined
        ? `Import a module that provides ${name} and exports it.${suggest(graph, key)}`
        : `Import ${sourceOf(key)!} into ${module.id}.`
      : `Export ${name} from ${owners[0]!}, and make that module global or import it into ${module.id}.`;
  return [toProblem(MODULE_ERRORS.REQUIRED({ module: module.id, key: name, absence, cure }), module.id)];
}
