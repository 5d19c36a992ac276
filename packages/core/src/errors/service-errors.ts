import { defineErrors } from './define-errors.js';

/** Every error and boot problem of configuration, keys, logging, events, health and context. */
export const SERVICE_ERRORS = defineErrors('CORE', {
  CONFIG_MISSING: {
    kind: 'internal',
    detail: '{variable} is not set.',
    help: 'Set {variable} to {expected}, in the environment or in the .env file; or set {variable}_FILE to the path of a file that holds it.',
  },
  CONFIG_INVALID: {
    kind: 'internal',
    detail: '{variable} {reason}',
    help: 'Set {variable} to {expected}.',
  },
  CONFIG_AMBIGUOUS: {
    kind: 'internal',
    detail: '{variable} and {variable}_FILE are both set in {source}.',
    help: 'Keep one of the two.',
  },
  CONFIG_FILE: {
    kind: 'internal',
    detail: 'The file {file} {reason}',
    help: '{cure}',
  },
  CONFIG_UNKNOWN_KEY: {
    kind: 'internal',
    detail: '{source} sets {key}, which no configuration declares.',
    help: '{cure}',
  },
  CONFIG_UNKNOWN_VARIABLE: {
    kind: 'internal',
    detail:
      '{variable} is set, but no configuration declares it, and the variables that start with {prefix} belong to the configuration "{config}".',
    help: '{cure}',
  },
  CONFIG_NAME: {
    kind: 'internal',
    detail: 'Two configurations are named "{config}".',
    help: 'Give one of them another name: a name is the key of its section in the configuration file.',
  },
  CONFIG_CHECK: {
    kind: 'internal',
    detail: '{reason}',
    help: 'Change the variables of the configuration "{config}": {variables}.',
  },
  CONFIG_DEFAULT: {
    kind: 'internal',
    detail: 'The default of {variable} {reason}',
    help: 'Give a default that is {expected}.',
  },
  CONFIG_NOT_READ: {
    kind: 'internal',
    detail: 'The configuration "{config}" has not been read.',
    help: 'List it in the providers of a module, or among the dependencies of a class, so that boot reads it.',
  },
  KEY_MISSING: {
    kind: 'internal',
    detail: 'APP_KEY is not set, and the application runs in production.',
    help: 'Make a key with `openssl rand -base64 32` and set APP_KEY to it, or APP_KEY_FILE to the path of a file that holds it. Every instance needs the same key.',
  },
  KEY_INVALID: {
    kind: 'internal',
    detail: 'Key {position} of APP_KEY {reason}',
    help: 'APP_KEY is 32 random bytes in base64 (44 characters); to rotate, write the new key first and the old ones after it, separated by commas.',
  },
  KEY_WEAK: {
    kind: 'internal',
    detail: 'Key {position} of APP_KEY is {reason}',
    help: 'Make a key with `openssl rand -base64 32`. Whoever can guess this key can forge everything that is signed with it.',
  },
  KEY_FILE: {
    kind: 'internal',
    detail: 'The development key in {file} {reason}',
    help: '{cure}',
  },
  KEY_PURPOSE: {
    kind: 'internal',
    detail: 'A key was asked for with an empty purpose.',
    help: 'Name what the key is for, such as "session-cookie": two purposes never share a key.',
  },
  LOG_LEVEL: {
    kind: 'invalid',
    detail: 'The log level {level} does not exist.',
    help: 'Use trace, debug, info, warn, error, fatal or silent.',
  },
  CONTEXT_NONE: {
    kind: 'internal',
    detail: 'There is no request context here: {name} was read outside of a request.',
    help: 'Read it inside of a handler or a job, or run the code in runInContext().',
  },
  EVENT_NAME: {
    kind: 'internal',
    detail: 'The event name {name} is not made of words separated by dots.',
    help: 'Name events like order.placed: letters, digits, hyphens and underscores between dots. Only listeners may use a closing .* or *.',
  },
  EVENT_LISTENERS: {
    kind: 'internal',
    detail: '{failed} of {total} listeners of {event} failed: {messages}',
    help: 'The errors of the listeners are in cause.errors; the other listeners have run.',
  },
  EVENT_CLOSED: {
    kind: 'unavailable',
    detail: 'The event {event} was published after the application had stopped.',
    help: 'Publish before the end of onStop.',
  },
  HEALTH_CHECK_NAME: {
    kind: 'internal',
    detail: 'Two health checks are named "{name}".',
    help: 'Give each health check a name of its own: it is the key in the report.',
  },
});
