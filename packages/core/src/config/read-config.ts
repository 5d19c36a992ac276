import { toProblem } from '../errors/define-errors.js';
import type { Problem } from '../errors/boot-error.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';
import type { ConfigReportEntry, ConfigSource } from './config-report.js';
import { showValue } from './config-report.js';
import type { ConfigSources } from './config-sources.js';
import { readTextFile } from './config-sources.js';
import type { Config, ConfigEnvironment } from './define-config.js';
import type { Field } from './field.js';
import { nearestName } from '../text/nearest-name.js';

/** What reading one configuration gave. */
export interface ConfigReading {
  /** The values; absent when there are problems. */
  readonly value?: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
  /** Where each value came from, secrets masked. */
  readonly report: readonly ConfigReportEntry[];
}

/** What `readConfig` must know of the others. */
export interface ReadConfigOptions {
  /** Values that win over every source, by field name. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Every declared variable of the application, so that `LOG_FILE` can be a variable and not the file of `LOG`. */
  readonly variables: ReadonlySet<string>;
}

type Found = { readonly source: ConfigSource; readonly input: unknown } | { readonly problem: Problem } | undefined;

/** Reads one configuration from its sources. Never throws: everything wrong is in `problems`. */
export function readConfig(config: Config<unknown>, sources: ConfigSources, options: ReadConfigOptions): ConfigReading {
  const value: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const report: ConfigReportEntry[] = [];
  for (const [name, field] of Object.entries(config.fields)) {
    const read = readField(config, name, field, sources, options);
    if ('problem' in read) {
      problems.push(read.problem);
      continue;
    }
    const given = read.value;
    value[name] = given;
    report.push({
      config: config.name,
      field: name,
      variable: field.variable,
      source: read.source,
      // Masked and written out when somebody looks: most processes never print it.
      get value() {
        return showValue(field, given);
      },
      ...(field.describe !== undefined && { describe: field.describe }),
    });
  }
  problems.push(...runCheck(config, value, sources), ...checkFileKeys(config, sources));
  return { problems, report, ...(problems.length === 0 && { value: Object.freeze(value) }) };
}

type FieldReading = { readonly value: unknown; readonly source: ConfigSource } | { readonly problem: Problem };

function readField(
  config: Config<unknown>,
  name: string,
  field: Field<unknown>,
  sources: ConfigSources,
  options: ReadConfigOptions,
): FieldReading {
  const where = `configuration ${config.name}.${name}`;
  // An override is a value of the program, already of its type.
  if (options.overrides && Object.hasOwn(options.overrides, name)) return { value: options.overrides[name], source: 'override' };
  const found = findInput(config, name, field, sources, options.variables, where);
  if (found === undefined) return readDefault(field, sources, options.variables, where);
  if ('problem' in found) return found;
  const parsed = field.parse(found.input);
  if (parsed.reason === undefined) return { value: parsed.value, source: found.source };
  const origin = found.source === 'environment' ? '' : ` (${found.source === 'file' ? sources.fileName : sources.envFileName})`;
  return {
    problem: toProblem(
      SERVICE_ERRORS.CONFIG_INVALID({ variable: field.variable, reason: parsed.reason, expected: field.expected }),
      `${where}${origin}`,
    ),
  };
}

function findInput(
  config: Config<unknown>,
  name: string,
  field: Field<unknown>,
  sources: ConfigSources,
  variables: ReadonlySet<string>,
  where: string,
): Found {
  const places = [
    { source: 'environment' as const, values: sources.environment, label: 'the environment' },
    { source: '.env' as const, values: sources.envFile, label: sources.envFileName },
  ];
  for (const { source, values, label } of places) {
    const found = findVariable(field, values, source, label, variables, where);
    if (found !== undefined) return found;
  }
  const section = sources.file[config.name];
  const input = section && Object.hasOwn(section, name) ? section[name] : undefined;
  return input === undefined || input === null ? undefined : { source: 'file', input };
}

function findVariable(
  field: Field<unknown>,
  values: ConfigSources['environment'],
  source: ConfigSource,
  label: string,
  variables: ReadonlySet<string>,
  where: string,
): Found {
  const { variable } = field;
  const direct = values[variable];
  const fileVariable = `${variable}_FILE`;
  const path = variables.has(fileVariable) ? undefined : values[fileVariable];
  if (direct && path) return { problem: toProblem(SERVICE_ERRORS.CONFIG_AMBIGUOUS({ variable, source: label }), where) };
  if (direct) return { source, input: direct };
  if (!path) return undefined;
  const read = readTextFile(path);
  if ('text' in read) return { source, input: read.text.replace(/\r?\n$/, '') };
  return {
    problem: toProblem(
      SERVICE_ERRORS.CONFIG_FILE({
        file: `"${path}"`,
        reason: read.reason,
        cure: `Point ${fileVariable} at a readable file, or set ${variable} itself.`,
      }),
      `${where} (${fileVariable})`,
    ),
  };
}

function readDefault(field: Field<unknown>, sources: ConfigSources, variables: ReadonlySet<string>, where: string): FieldReading {
  const { defaults, variable, expected } = field;
  const environment = sources.production ? 'production' : 'development';
  if (environment in defaults) return { value: defaults[environment], source: 'default' };
  if (field.optional) return { value: undefined, source: 'default' };
  const problem = toProblem(SERVICE_ERRORS.CONFIG_MISSING({ variable, expected }), where);
  const misspelt = nearestName(
    variable,
    [...Object.keys(sources.environment), ...Object.keys(sources.envFile)].filter((name) => !variables.has(name)),
  );
  const cause = 'development' in defaults ? ' It has a default in development only.' : '';
  const hint = misspelt === undefined ? '' : ` ${misspelt} is set: is it misspelt?`;
  return { problem: { ...problem, message: `${problem.message}${cause}`, help: `${problem.help}${hint}` } };
}

function checkFileKeys(config: Config<unknown>, sources: ConfigSources): Problem[] {
  const known = Object.keys(config.fields);
  return Object.keys(sources.file[config.name] ?? {})
    .filter((key) => !known.includes(key))
    .map((key) =>
      toProblem(
        SERVICE_ERRORS.CONFIG_UNKNOWN_KEY({ source: sources.fileName, key: `"${config.name}.${key}"`, cure: suggest(key, known) }),
        `configuration ${config.name}`,
      ),
    );
}

function runCheck(config: Config<unknown>, value: Record<string, unknown>, sources: ConfigSources): Problem[] {
  const check = config.options.check as Check | undefined;
  if (check === undefined) return [];
  const found = checkReadable(check, hideUnread(config, value), sources.production) ?? [];
  const list = Array.isArray(found) ? (found as readonly (string | Problem)[]) : [found as string | Problem];
  const variables = Object.values(config.fields)
    .map((field) => field.variable)
    .join(', ');
  return list.map((item) =>
    typeof item === 'string'
      ? toProblem(SERVICE_ERRORS.CONFIG_CHECK({ reason: item, config: config.name, variables }), `configuration ${config.name}`)
      : item,
  );
}

type Check = (value: object, environment: ConfigEnvironment) => string | Problem | readonly (string | Problem)[] | undefined;

const unread = Symbol('a field that could not be read');

// A check that needs a bad field has nothing to say: that field is a problem already. One that needs only good ones has its say now.
function checkReadable(check: Check, value: object, production: boolean): ReturnType<Check> {
  try {
    return check(value, { production });
  } catch (error) {
    if (error === unread) return undefined;
    throw error;
  }
}

function hideUnread(config: Config<unknown>, value: Record<string, unknown>): object {
  const names = Object.keys(config.fields);
  if (names.every((name) => Object.hasOwn(value, name))) return value;
  const seen = { ...value };
  for (const name of names) {
    if (Object.hasOwn(value, name)) continue;
    Object.defineProperty(seen, name, {
      enumerable: true,
      get: () => {
        throw unread;
      },
    });
  }
  return seen;
}

/** The cure for an unknown name: the one that was probably meant, or all there are. @internal */
export function suggest(name: string, known: readonly string[]): string {
  const meant = nearestName(name, known);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  return known.length === 0 ? 'Remove it.' : `Remove it, or use one of: ${known.join(', ')}.`;
}
