import type { DestinationStream } from '../logging/pino.js';
import { APP_CONFIG, APP_INFO, type AppInfo } from '../config/app-info.js';
import type { ConfigReportEntry } from '../config/config-report.js';
import { readSources, type SourceOptions } from '../config/config-sources.js';
import type { Config } from '../config/define-config.js';
import { readConfigs, type Override } from '../config/read-configs.js';
import { REQUEST_CONTEXT, requestContexts } from '../context/request-context.js';
import { provideFactory, provideValue } from '../di/provide.js';
import { allOf } from '../di/dependency.js';
import { sealProvider, type Provider } from '../di/provider.js';
import { isAppError } from '../errors/app-error.js';
import { BootError, type Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import { EVENTS } from '../events/event-bus.js';
import { LocalEventBus } from '../events/local-event-bus.js';
import { listenWith } from '../events/on.js';
import { HEALTH_CHECK } from '../health/health-check.js';
import { ApplicationHealth, HEALTH } from '../health/health.js';
import { APP_KEY, createAppKey, KEY_CONFIG } from '../key/app-key.js';
import { createLogs, type Logs } from '../logging/create-logs.js';
import { LOG_CONFIG } from '../logging/log-config.js';
import { LOGGER, LOGGING, PINO, type Logger } from '../logging/logger.js';
import { CLOCK, systemClock, type Clock } from '../time/clock.js';

/** What `createCoreServices` may be told. @internal */
export interface CoreServicesOptions extends SourceOptions {
  /** Values of configurations that win over every source. */
  readonly config?: readonly Override[] | undefined;
  readonly logger?: Logger | DestinationStream | undefined;
  readonly clock?: Clock | undefined;
  readonly inspect?: boolean | undefined;
}

/** The services of core, and the moments at which boot drives them. @internal */
export interface CoreServices {
  /** `LOGGER`, `LOGGING`, `PINO`, `REQUEST_CONTEXT`, `EVENTS`, `HEALTH`, `CLOCK`, `APP_INFO`, `APP_KEY`. */
  readonly providers: readonly Provider[];
  readonly production: boolean;
  readonly clock: Clock;
  readonly logs: Logs;
  /** Reads all configurations at once and opens the log. Returns everything wrong. */
  readConfigs(configs: Iterable<Config<unknown>>): readonly Problem[];
  /** The value of a configuration; one that boot has not read is read now. Throws `BootError`, or `CORE_CONFIG_NOT_READ` before `readConfigs`. */
  configValue<T>(config: Config<T>): T;
  /** Where each value came from, secrets masked. */
  configReport(): readonly ConfigReportEntry[];
  /** Registers the `@On` methods of all instances. */
  onBuilt(instances: Iterable<object>): readonly Problem[];
  /** The start is complete: ready. */
  onStarted(): void;
  /** The stop begins: not ready any more. */
  onStopping(): void;
  /** Waits for listeners in the background, for at most this many milliseconds. */
  drained(timeout?: number): Promise<void>;
  /** The start has failed: log lines that were held back are written. */
  onFailed(): Promise<void>;
  /** The last thing of a stop: no more background events, the log is flushed. */
  close(): Promise<void>;
}

/** Makes the services of core for one application. Never throws for bad input: that is found by `readConfigs`. @internal */
export function createCoreServices(options: CoreServicesOptions = {}): CoreServices {
  const clock = options.clock ?? systemClock;
  const sources = readSources(options);
  const { production } = sources;
  const logs = createLogs({ destination: options.logger, now: () => clock.now() });
  const health = new ApplicationHealth(clock);
  const events = new LocalEventBus(() => logs.logger.child({ module: 'events' }), clock);
  const values = new Map<Config<unknown>, unknown>();
  const report: ConfigReportEntry[] = [];
  let read = false;

  const readAll = (configs: readonly Config<unknown>[]): readonly Problem[] => {
    const readings = readConfigs(configs, sources, options.config);
    for (const [config, value] of readings.values) values.set(config, value);
    report.push(...readings.report);
    for (const warning of [...readings.warnings, ...warnOfNodeEnv(sources.environment['NODE_ENV'] ?? sources.envFile['NODE_ENV'])])
      logs.logger.warn(warning);
    return readings.problems;
  };

  return {
    production,
    clock,
    logs,
    providers: [
      provideValue(LOGGER, logs.logger, { context: true }),
      provideValue(LOGGING, logs),
      sealProvider({
        kind: 'value',
        key: PINO,
        // Read by who depends on it: until then pino is not set up.
        get value() {
          return logs.rootPino;
        },
      }),
      provideValue(REQUEST_CONTEXT, requestContexts, { context: true }),
      provideValue(EVENTS, events, { context: true }),
      provideValue(CLOCK, clock),
      provideFactory(HEALTH, {
        deps: [allOf(HEALTH_CHECK)],
        create: (checks) => {
          for (const check of checks) health.add(check);
          return health;
        },
      }),
      provideFactory(APP_INFO, {
        deps: [APP_CONFIG],
        create: ({ name }): AppInfo => ({
          production,
          ...(name !== undefined && { name }),
          ...(options.inspect === true && { inspected: true }),
        }),
      }),
      provideFactory(APP_KEY, { deps: [KEY_CONFIG], create: ({ keys }) => createAppKey(keys), whenNeeded: true }),
    ],

    readConfigs: (configs) => {
      read = true;
      const problems = readAll([...new Set([LOG_CONFIG, APP_CONFIG, ...configs])]);
      const settings = values.get(LOG_CONFIG) as Parameters<typeof logs.open>[0] | undefined;
      if (settings !== undefined) logs.open({ ...settings, production });
      return problems;
    },
    configValue: <T>(config: Config<T>): T => {
      if (!values.has(config)) {
        if (!read) throw SERVICE_ERRORS.CONFIG_NOT_READ({ config: config.name });
        const problems = readAll([config]);
        if (problems.length > 0) throw new BootError(problems);
      }
      return values.get(config) as T;
    },
    configReport: () => report,

    onBuilt: (instances) => {
      const problems: Problem[] = [];
      for (const instance of instances) registerListeners(events, instance, problems);
      return problems;
    },
    onStarted: () => health.started(),
    onStopping: () => health.stopping(),
    drained: (timeout) => waitForListeners(events, logs.logger, clock, timeout),
    onFailed: () => {
      logs.openAnyway(production);
      return logs.flush();
    },
    close: async () => {
      await waitForListeners(events, logs.logger, clock);
      events.close();
      await logs.flush();
    },
  };
}

function registerListeners(events: LocalEventBus, instance: object, problems: Problem[]): void {
  try {
    listenWith(events, instance);
  } catch (error) {
    if (!isAppError(error)) throw error;
    problems.push(toProblem(error, `@On in ${instance.constructor.name}`));
  }
}

async function waitForListeners(events: LocalEventBus, logger: Logger, clock: Clock, timeout = 10_000): Promise<void> {
  const ended = new AbortController();
  const late = clock.sleep(timeout, { signal: ended.signal, keepAlive: false }).then(
    () => true,
    () => false,
  );
  const isLate = await Promise.race([events.idle().then(() => false), late]);
  ended.abort();
  if (isLate) logger.warn({ timeout }, 'Event listeners still run in the background after the time for them.');
}

// "prod" would run with the refusals and defaults of development.
function warnOfNodeEnv(value: string | undefined): string[] {
  const text = value?.trim().toLowerCase() ?? '';
  const meant = value !== 'production' && (text.startsWith('prod') || text === 'live');
  return meant ? [`NODE_ENV is ${JSON.stringify(value)}, which counts as development: only "production" is production.`] : [];
}
