import { defineErrors } from '../errors/define-errors.js';

/** The errors of building an application; each is a problem of a boot. */
export const BOOT_ERRORS = defineErrors('CORE_BOOT', {
  CREATE_FAILED: {
    kind: 'internal',
    detail: 'Creating {provider} failed: {reason}',
    help: 'The error is the cause of this one: see its stack.',
  },
  HOOK_FAILED: {
    kind: 'internal',
    detail: '{hook} failed: {reason}',
    help: 'The error is the cause of this one: see its stack. For what is wrong with the application, return problems from onBoot instead of throwing.',
  },
  TIMEOUT: {
    kind: 'timeout',
    detail: 'Building the application took longer than {limit} ms; still waiting for {pending}.',
    help: 'Give what it waits for a time limit of its own, or raise the option `startTimeout`.',
  },
  RELEASE_FAILED: {
    kind: 'internal',
    detail: 'Releasing {provider} after the failed boot failed: {reason}',
    help: 'Correct the dispose function: it must cope with an application that never started.',
  },
});

/** The errors of a built application. */
export const APP_ERRORS = defineErrors('CORE_APP', {
  NO_PROVIDER: {
    kind: 'internal',
    detail: 'app.get({key}): nothing provides {key}.',
    help: '{cure}',
  },
  SEVERAL_PROVIDERS: {
    kind: 'internal',
    detail: 'app.get({key}): the root module does not see {key}, and several modules provide it: {owners}.',
    help: 'Say which: app.get({key}, { from: TheModule }).',
  },
  REQUEST_SCOPED: {
    kind: 'internal',
    detail: 'app.get({key}): {key} is request-scoped; there is one per request and none outside.',
    help: 'Depend on it from a request-scoped class or a controller.',
  },
  NOT_NEEDED: {
    kind: 'internal',
    detail: 'app.get({key}): {key} was not created, because it is provided with `whenNeeded` and nothing needed it at boot.',
    help: 'Depend on it from a class or a factory; then boot creates it.',
  },
  UNKNOWN_MODULE: {
    kind: 'internal',
    detail: 'app.get({key}, { from: {module} }): {module} is not part of this application{reason}.',
    help: 'Name a module that is imported. Of a module that was configured several times, name the object that configured() returned.',
  },
  ENDED: {
    kind: 'internal',
    detail: 'app.get({key}): the application has stopped, and its instances are released.',
    help: 'Read instances while the application runs.',
  },
  SEALED: {
    kind: 'internal',
    detail: 'Dependencies of {where} were to be resolved after the boot. The application is complete then: nothing can be added to it.',
    help: 'Call resolveFrom inside onBoot. What an application consists of is listed in its modules before createApp.',
  },
  START_STATE: {
    kind: 'internal',
    detail: 'The application cannot be started: it is {state}.',
    help: 'Start an application once. For another run, make another one with createApp.',
  },
  START_FAILED: {
    kind: 'internal',
    detail: '{hook} failed: {reason}',
    help: 'The error is the cause of this one. What had already started was stopped again.',
  },
  START_TIMEOUT: {
    kind: 'timeout',
    detail: 'The application took longer than {limit} ms to start; {hook} was still running.',
    help: 'Give what {hook} waits for a time limit of its own, or raise the option `startTimeout`.',
  },
  START_STOPPED: {
    kind: 'unavailable',
    detail: 'The application was stopped while it was starting.',
  },
  STOP_FAILED: {
    kind: 'internal',
    detail: 'Stopping the application had {count} failure(s): {reasons}',
    help: 'Everything else was stopped and released. The cause holds each error.',
  },
  STOP_TIMEOUT: {
    kind: 'timeout',
    detail: '{hook} was still running when its share of the stop ({limit} ms) was over, and was left behind.',
    help: 'Give the work it waits for a time limit of its own, or raise the option `stopTimeout`.',
  },
});
