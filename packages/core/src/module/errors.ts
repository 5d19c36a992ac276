import { defineErrors } from '../errors/define-errors.js';

/** The errors of modules. All but `TWICE`, which is thrown where the class is decorated, are problems of a boot. */
export const MODULE_ERRORS = defineErrors('CORE_MODULE', {
  NOT_A_MODULE: {
    kind: 'internal',
    detail: '{place} is {found}, which is no module.',
    help: 'Decorate the class with @Module({...}), or import what configured(SomeModule, {...}) returns. What is to be injected belongs in `providers`.',
  },
  TWICE: {
    kind: 'internal',
    detail: '{module} is a module already: @Module was applied to it a second time.',
    help: 'List everything in one @Module. To add to a module where it is imported, import configured({module}, {...}). An application that exists cannot be added to.',
  },
  UNDEFINED_IMPORT: {
    kind: 'internal',
    detail: '{place} is undefined.',
    help: 'Most often two files import each other, and one runs before the other has defined its module: let one of the modules stop importing the other, or move what both need into a third.',
  },
  CYCLE: {
    kind: 'internal',
    detail: 'These modules import each other in a circle: {path}.',
    help: 'Move the providers that both need into a third module that imports neither, and let both import that.',
  },
  AS_PROVIDER: {
    kind: 'internal',
    detail: '{place} is {found}, which is a module.',
    help: 'List it in `imports`. Modules are not injected: depend on a provider that the module exports.',
  },
  EXPORT_UNKNOWN: {
    kind: 'internal',
    detail: '{module} exports {key}, but neither provides it nor imports a module that exports it.',
    help: '{cure}',
  },
  EXPORT_NOT_IMPORTED: {
    kind: 'internal',
    detail: '{module} exports the module {exported}, but does not import it.',
    help: 'Add {exported} to the imports of {module}, or remove it from its exports. A configured module is exported by the same object, or by its class.',
  },
  EXPORT_AMBIGUOUS: {
    kind: 'internal',
    detail: '{module} exports {key}, which several of its imports export: {owners}.',
    help: 'Import only one of them into {module}, or provide {key} in {module} itself with provideAlias.',
  },
  REQUIRED: {
    kind: 'internal',
    detail: '{module} requires {key}, which {absence}.',
    help: '{cure}',
  },
});
