// services: configuration, logging, context, errors, events, health, time, ids, keys
export { AppError, isAppError, type AppErrorExtras, type AppErrorJson, type AppErrorOptions, type ErrorKind } from './errors/app-error.js';
export { BootError, describeProblems, type Problem } from './errors/boot-error.js';
export {
  defineErrors,
  toProblem,
  type ErrorDefinition,
  type ErrorFactory,
  type ErrorFamily,
  type ErrorParam,
  type ErrorParams,
} from './errors/define-errors.js';
export { SERVICE_ERRORS } from './errors/service-errors.js';
export { APP_INFO, type AppInfo } from './config/app-info.js';
export { formatConfigReport, type ConfigReportEntry, type ConfigSource } from './config/config-report.js';
export {
  defineConfig,
  isConfig,
  type Config,
  type ConfigEnvironment,
  type ConfigOptions,
  type ConfigValue,
  type Fields,
  type ValueOfConfig,
} from './config/define-config.js';
export { env, type ListOptions, type NumberOptions, type SecretOptions, type StringOptions, type UrlOptions } from './config/env.js';
export type { Field, FieldOptions, FieldValue, Parsed } from './config/field.js';
export { parseBytes } from './config/parse-bytes.js';
export { parseDuration } from './config/parse-duration.js';
export { Secret } from './config/secret.js';
export { isLogLevel, type LogLevel, type LogLevels } from './logging/log-levels.js';
export { lineWriterOf, type LineWriter } from './logging/line-writer.js';
export { LOGGER, LOGGING, PINO, type Logger, type Logging, type LogMethod } from './logging/logger.js';
export { redactUrl } from './logging/redact-text.js';
export { createRedactor, type Redactor } from './logging/redact-value.js';
export { isSensitiveKey } from './logging/sensitive-key.js';
export {
  contextKey,
  createContext,
  currentContext,
  REQUEST_CONTEXT,
  runInContext,
  runOutsideContext,
  type ContextKey,
  type RequestContext,
  type RequestContexts,
} from './context/request-context.js';
export { runUninterrupted } from './context/run-uninterrupted.js';
export { defineEvent, type Event, type PayloadOf } from './events/define-event.js';
export { EVENTS, type EventBus, type EventInfo, type Listener, type ListenOptions, type PayloadArgument } from './events/event-bus.js';
export { On, type ListenerDecorator } from './events/on.js';
export { HEALTH_CHECK, type HealthCheck, type HealthStatus, type Probe } from './health/health-check.js';
export { HEALTH, type Health, type HealthReport, type HealthState } from './health/health.js';
export type { CheckResult } from './health/run-check.js';
export { CLOCK, sleepOn, systemClock, type Clock, type Timer, type TimerOptions } from './time/clock.js';
export { nearestName } from './text/nearest-name.js';
export { createIdGenerator, newId, type IdSource } from './id/new-id.js';
export { APP_KEY, type AppKey } from './key/app-key.js';
export {
  readSecurityInventory,
  SECURITY_INVENTORY,
  type InventoryEntry,
  type InventoryFact,
  type InventorySource,
  type MadeReader,
} from './inventory/security-inventory.js';
// end of services
// wiring, modules, application
export type { Class, ConcreteClass, Dep, Dependency, Gives, Key, Scope, Token, ValueOf, ValuesOf } from './di/key.js';
export { token, type TokenOptions } from './di/token.js';
export { allOf, isDependency, optionalDep } from './di/dependency.js';
export { Injectable, type InjectableOptions } from './di/injectable.js';
export { Inject, Optional } from './di/inject.js';
export {
  provide,
  provideAlias,
  provideClass,
  provideFactory,
  provideValue,
  type ClassOptions,
  type CreateOptions,
  type FactoryOptions,
  type ProvideOptions,
  type Replacement,
} from './di/provide.js';
export type { AliasProvider, ClassProvider, FactoryProvider, Provider, ProviderRecord, ValueProvider } from './di/provider.js';
export { RequestScope } from './di/request-scope.js';
export { DI_ERRORS } from './di/errors.js';
export { MODULE_ERRORS } from './module/errors.js';
export { APP_ERRORS, BOOT_ERRORS } from './app/errors.js';
export { Module, type ModuleOptions, type ModuleParts, type ModuleRef } from './module/module.js';
export { configured, type ConfiguredModule, type ConfiguredOptions } from './module/configured.js';
export type { AppDescription, DependencyDescription, ModuleDescription, ProviderDescription } from './module/describe.js';
export { createApp } from './app/create-app.js';
export { runApp } from './app/run-app.js';
export type { App, AppState } from './app/app.js';
export type { AppOptions, ConfigOverride } from './app/app-options.js';
export { isProblems, type BuiltApp, type BuiltController, type BuiltModule, type ResolvedDeps } from './app/built-app.js';
export type { InFlight, OnBoot, OnDrain, OnListen, OnStart, OnStop } from './app/hooks.js';
// end of wiring, modules, application
