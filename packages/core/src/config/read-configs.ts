import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import type { ConfigReportEntry } from './config-report.js';
import type { ConfigSources } from './config-sources.js';
import type { Config } from './define-config.js';
import { nearestName } from '../text/nearest-name.js';
import { readConfig, suggest } from './read-config.js';

/** All configurations of an application, read. */
export interface ConfigReadings {
  readonly values: ReadonlyMap<Config<unknown>, unknown>;
  /** Everything wrong, in the order of the configurations. */
  readonly problems: readonly Problem[];
  /** What is probably a mistake but stops nothing: misspelt variables. */
  readonly warnings: readonly string[];
  readonly report: readonly ConfigReportEntry[];
}

/** Values for one configuration that win over every source. */
export type Override = readonly [config: unknown, values: object];

/** Reads all configurations of an application from the same sources. */
export function readConfigs(
  configs: readonly Config<unknown>[],
  sources: ConfigSources,
  overrides: readonly Override[] = [],
): ConfigReadings {
  const values = new Map<Config<unknown>, unknown>();
  const problems: Problem[] = [...sources.problems];
  const report: ConfigReportEntry[] = [];
  const variables = new Set(configs.flatMap((config) => Object.values(config.fields).map((field) => field.variable)));
  problems.push(...checkNames(configs), ...checkSections(configs, sources), ...checkOverrides(configs, overrides));
  for (const config of configs) {
    const reading = readConfig(config, sources, { variables, overrides: overridesOf(config, overrides) });
    problems.push(...reading.problems);
    report.push(...reading.report);
    if (reading.value) values.set(config, reading.value);
  }
  problems.push(...checkPrefixes(configs, sources, variables));
  return { values, problems, warnings: findMisspelt(sources, variables), report };
}

function overridesOf(config: Config<unknown>, overrides: readonly Override[]): Record<string, unknown> {
  return Object.assign({}, ...overrides.filter(([target]) => target === config).map(([, values]) => values)) as Record<string, unknown>;
}

function checkNames(configs: readonly Config<unknown>[]): Problem[] {
  const names = configs.map((config) => config.name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => toProblem(SERVICE_ERRORS.CONFIG_NAME({ config: name }), `configuration ${name}`));
}

function checkSections(configs: readonly Config<unknown>[], sources: ConfigSources): Problem[] {
  const names = configs.map((config) => config.name);
  return Object.keys(sources.file)
    .filter((name) => !names.includes(name))
    .map((name) =>
      toProblem(
        SERVICE_ERRORS.CONFIG_UNKNOWN_KEY({ source: sources.fileName, key: `"${name}"`, cure: suggest(name, names) }),
        'configuration',
      ),
    );
}

function checkOverrides(configs: readonly Config<unknown>[], overrides: readonly Override[]): Problem[] {
  return overrides.flatMap(([target, values]) => {
    const config = target as Config<unknown>;
    const unread = !configs.includes(config);
    const known = unread ? [] : Object.keys(config.fields);
    return Object.keys(values)
      .filter((key) => !known.includes(key))
      .map((key) => {
        const cure = unread
          ? `The configuration "${config.name}" is used nowhere in the application: remove the override.`
          : suggest(key, known);
        return toProblem(
          SERVICE_ERRORS.CONFIG_UNKNOWN_KEY({ source: 'An override', key: `"${config.name}.${key}"`, cure }),
          `configuration ${config.name}`,
        );
      });
  });
}

function checkPrefixes(configs: readonly Config<unknown>[], sources: ConfigSources, variables: ReadonlySet<string>): Problem[] {
  const set = setVariables(sources).filter((name) => !isDeclared(name, variables));
  return configs.flatMap((config) => {
    const { prefix } = config.options;
    if (prefix === undefined) return [];
    const own = Object.values(config.fields).map((field) => field.variable);
    return set
      .filter((name) => name.startsWith(prefix))
      .map((name) =>
        toProblem(
          SERVICE_ERRORS.CONFIG_UNKNOWN_VARIABLE({ variable: name, prefix, config: config.name, cure: suggest(name, own) }),
          `configuration ${config.name}`,
        ),
      );
  });
}

// The environment belongs to others too, so a near miss is said and not refused.
function findMisspelt(sources: ConfigSources, variables: ReadonlySet<string>): string[] {
  const set = setVariables(sources);
  return set
    .filter((name) => name.length >= 6 && !isDeclared(name, variables))
    .flatMap((name) => {
      const meant = nearestName(
        name,
        [...variables].filter((variable) => !set.includes(variable)),
      );
      return meant === undefined ? [] : [`${name} is set, but nothing reads it. Did you mean ${meant}?`];
    });
}

function isDeclared(name: string, variables: ReadonlySet<string>): boolean {
  return variables.has(name) || (name.endsWith('_FILE') && variables.has(name.slice(0, -'_FILE'.length)));
}

function setVariables(sources: ConfigSources): string[] {
  return [...new Set([...Object.keys(sources.environment), ...Object.keys(sources.envFile)])];
}
