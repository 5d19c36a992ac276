import type { Gives } from '../di/key.js';
import type { Problem } from '../errors/boot-error.js';
import type { Field } from './field.js';

/** The fields of a configuration by the name its value has. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The value of a configuration with these fields. */
export type ConfigValue<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };

/** Where a configuration is read. */
export interface ConfigEnvironment {
  readonly production: boolean;
}

/** What a configuration may say beyond its fields. */
export interface ConfigOptions<T> {
  /** Variables that start with this belong to this configuration: one that no configuration declares is a problem. */
  readonly prefix?: string;
  /** Looks at all values together. A text becomes a problem `CORE_CONFIG_CHECK`. Ends without a word where it reads a field that is bad itself. */
  readonly check?: (value: T, environment: ConfigEnvironment) => string | Problem | readonly (string | Problem)[] | undefined;
}

/** A configuration: a provider, and the key its value is injected by. */
export interface Config<T> extends Gives<T> {
  /** Its section in the configuration file. */
  readonly name: string;
  readonly fields: Fields;
  readonly options: ConfigOptions<never>;
  /** Values that win over every source; for the `config` option of `createApp`. */
  override(values: Partial<T>): readonly [config: Gives<T>, values: Partial<T>];
}

/** The type of a configuration's value. */
export type ValueOfConfig<C> = C extends Config<infer T> ? T : never;

const mark = Symbol.for('plinth.config');

/**
 * Declares a configuration. Boot reads it from, lowest first: the defaults, the configuration file, `.env`, the environment
 * (`VAR` or `VAR_FILE`), overrides; and reports every mistake at once.
 *
 * @example
 * const MAIL = defineConfig('mail', {
 *   host: env.string('SMTP_HOST', { development: 'localhost' }),
 *   port: env.port('SMTP_PORT', { default: 587 }),
 *   password: env.secret('SMTP_PASSWORD', { optional: true }),
 * });
 */
export function defineConfig<const F extends Fields>(
  name: string,
  fields: F,
  options: ConfigOptions<ConfigValue<F>> = {},
): Config<ConfigValue<F>> {
  const config = {
    [mark]: true,
    name,
    fields: Object.freeze({ ...fields }),
    options,
    override: (values: Partial<ConfigValue<F>>) => [config, values],
  };
  return Object.freeze(config) as unknown as Config<ConfigValue<F>>;
}

/** Whether a value was made by `defineConfig`. */
export function isConfig(value: unknown): value is Config<unknown> {
  return typeof value === 'object' && value !== null && mark in value;
}
