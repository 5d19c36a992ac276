import { defineErrors } from '../errors/define-errors.js';

/** The errors of wiring. All but `DECORATED_LATE`, `SCOPE_ENDED`, `RELEASE_FAILED` and `REQUEST_ASYNC` are problems of a boot. */
export const DI_ERRORS = defineErrors('CORE_DI', {
  MISSING: {
    kind: 'internal',
    detail: '{consumer} needs {key} for {parameter}, but nothing that {module} can see provides it.',
    help: '{cure}',
  },
  HIDDEN: {
    kind: 'internal',
    detail: '{consumer} needs {key} for {parameter}. {owner} has it, but {module} cannot see it.',
    help: '{cure}',
  },
  AMBIGUOUS: {
    kind: 'internal',
    detail: '{consumer} needs {key} for {parameter}, and {module} sees it in several modules: {owners}.',
    help: 'Import only one of them into {module}, or give them different keys (provideAlias) and name the one that is meant.',
  },
  LIST_EXPECTED: {
    kind: 'internal',
    detail: '{consumer} needs one {key} for {parameter}, but {key} is a list: it is provided with `many: true`.',
    help: 'Depend on allOf({key}) and take a readonly array, or provide {key} once without `many`.',
  },
  NOT_A_LIST: {
    kind: 'internal',
    detail: '{consumer} needs the list allOf({key}) for {parameter}, but {owner} provides {key} as one value.',
    help: 'Add `many: true` where {key} is provided, or depend on {key} itself.',
  },
  MIXED: {
    kind: 'internal',
    detail: '{module} provides {key} both as one value and as part of a list (`many: true`).',
    help: 'Give the list and the single value different keys.',
  },
  DUPLICATE: {
    kind: 'internal',
    detail: '{module} provides {key} {count} times.',
    help: 'Keep one of the providers. To provide a list, give each of them `many: true` and depend on allOf({key}).',
  },
  CYCLE: {
    kind: 'internal',
    detail: 'These depend on each other in a circle: {path}.',
    help: 'Move what both need into a third class that depends on neither, or let one of them tell the other by an event (EVENTS) or a method argument.',
  },
  SELF: {
    kind: 'internal',
    detail: '{consumer} depends on itself: {parameter} asks for {key}.',
    help: 'Remove the parameter: inside the class, `this` is the instance. To wrap another implementation, give that one a key of its own.',
  },
  SCOPE: {
    kind: 'internal',
    detail: '{consumer} lives as long as the application, but {key}, which it needs for {parameter}, lives for one request: {path}.',
    help: "Give {consumer} scope 'request', or pass what it needs from the request as a method argument, or read it from REQUEST_CONTEXT.",
  },
  REQUEST_ASYNC: {
    kind: 'internal',
    detail: 'The request-scoped factory of {key} in {module} gave a promise.',
    help: 'Request-scoped factories must give their value at once. Await in an app-scoped factory, or give the consumer an object with an async method.',
  },
  REQUEST_HOOK: {
    kind: 'internal',
    detail: '{key} in {module} is request-scoped and has a method {hook}, which would never be called.',
    help: 'Lifecycle hooks belong to app-scoped classes. To release what a request holds, implement Symbol.dispose or Symbol.asyncDispose.',
  },
  NO_METADATA: {
    kind: 'internal',
    detail: 'Nothing says what {place} is to be given: {type} lists no deps, and the compiler recorded no types for it.',
    help: 'Write @Injectable({ deps: [...] }) above {type}, or provide({type}, { deps: [...] }) in the module. (Types are recorded only by tsc and swc with emitDecoratorMetadata, only for decorated classes; esbuild and tsx record none.)',
  },
  NO_KEY: {
    kind: 'internal',
    detail:
      'The type of {place} is recorded as {recorded}, which is no key: interfaces, unions, primitives and type-only imports leave no trace at run time.',
    help: 'Name the key: @Inject(KEY) before the parameter, or list all of them with @Injectable({ deps: [...] }). A class imported with `import type` needs a plain import.',
  },
  UNDEFINED_KEY: {
    kind: 'internal',
    detail: 'The key in {place} is undefined.',
    help: 'Most often two files import each other, and one runs before the other has defined the key: move the key (a token, an abstract class) into a file of its own that imports neither.',
  },
  BAD_KEY: {
    kind: 'internal',
    detail: '{place} is {found}, which is no key.',
    help: 'Keys are classes, tokens made by token(), configurations made by defineConfig(), strings and symbols; optionalDep(key) and allOf(key) may stand in deps.',
  },
  BAD_PROVIDER: {
    kind: 'internal',
    detail: '{place} is {found}, which is no provider.',
    help: 'Providers are classes, configurations, and what provide, provideValue, provideClass, provideFactory and provideAlias return.',
  },
  REPLACE_UNUSED: {
    kind: 'internal',
    detail: '{consumer} replaces {key}, but {key} is not among its dependencies.',
    help: 'Its dependencies are: {deps}. Correct the first key of the pair, or remove the pair.',
  },
  OVERRIDE_UNMATCHED: {
    kind: 'internal',
    detail: 'The override of {key} replaces nothing: no module provides {key}.',
    help: '{cure}',
  },
  OVERRIDE_TWICE: {
    kind: 'internal',
    detail: '{key} is overridden {count} times.',
    help: 'Keep one override of {key}.',
  },
  OVERRIDE_KIND: {
    kind: 'internal',
    detail: 'The override of {key} {is}, but what it replaces {was}.',
    help: 'Make both lists (`many: true`) or both single values.',
  },
  NEEDED_LATE: {
    kind: 'internal',
    detail:
      '{consumer} is the first to need {key}, which is provided with `whenNeeded` by an asynchronous factory: it cannot be awaited here.',
    help: 'Remove `whenNeeded` from the provider of {key}, or depend on it from a class.',
  },
  DECORATED_LATE: {
    kind: 'internal',
    detail: '{type} was decorated again after an application had been made of it: the decorator could change nothing any more.',
    help: 'Decorate a class where it is declared. To wire it otherwise in one application, list provide({type}, {...}) in a module or in `overrides`.',
  },
  SCOPE_ENDED: {
    kind: 'internal',
    detail: 'An instance was asked for after its request had ended.',
    help: 'Await the work that still needs request-scoped instances before the request ends, or give that work what it needs as plain values.',
  },
  RELEASE_FAILED: {
    kind: 'internal',
    detail: 'Releasing the instances of a request had {count} failure(s): {reasons}',
    help: 'Everything else was released. The errors are in cause.errors: correct the dispose methods they come from.',
  },
});
