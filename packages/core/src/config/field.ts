import { SERVICE_ERRORS } from '../errors/service-errors.js';

/** What reading one value gave: the value, or the end of a sentence that starts with the variable's name. */
export type Parsed<T> = { readonly value: T; readonly reason?: undefined } | { readonly reason: string };

/** One value of a configuration: its variable, its kind, its defaults. Made by `env.string`, `env.integer`, … */
export interface Field<T> {
  /** Kind of value, such as `integer`. */
  readonly kind: string;
  /** Environment variable; `VARIABLE_FILE` names a file that holds the value. */
  readonly variable: string;
  /** What a good value is, as the end of "set it to …". */
  readonly expected: string;
  /** Whether the value must never be printed. */
  readonly secret: boolean;
  /** Whether it may be absent. */
  readonly optional: boolean;
  /** One sentence for the reference of an application's variables. */
  readonly describe: string | undefined;
  /** The value when no source gives one; absent key = required there. */
  readonly defaults: { readonly production?: T; readonly development?: T };
  /** Reads a text, or a value of the configuration file. */
  parse(input: unknown): Parsed<T>;
  /** How the value is shown in reports; never called for secrets. */
  show(value: T): string;
}

/** What every kind of field takes. `D` is what a default may be written as. */
export interface FieldOptions<D> {
  /** The value when no source gives one. Without any default the variable is required. */
  readonly default?: D;
  /** The default in production only; goes before `default`. */
  readonly production?: D;
  /** The default outside production only; goes before `default`. Alone, it makes the variable required in production. */
  readonly development?: D;
  /** Whether the variable may be absent, which gives `undefined`. */
  readonly optional?: boolean;
  /** One sentence that says what the variable does. */
  readonly describe?: string;
}

/** The type of a field's value: `T`, or `T | undefined` when its options say `optional: true`. */
export type FieldValue<T, O> = O extends { readonly optional: true } ? T | undefined : T;

/** What a kind of field is made of. @internal */
export interface FieldKind<T> {
  readonly kind: string;
  readonly expected: string;
  readonly secret?: boolean;
  parse(input: unknown): Parsed<T>;
  show?(value: T): string;
}

const wellFormedVariable = /^[A-Z_][A-Z0-9_]*$/i;

/** Puts a field together and checks its defaults. Throws `CORE_CONFIG_DEFAULT`. @internal */
export function createField<T>(variable: string, options: FieldOptions<unknown>, kind: FieldKind<T>): Field<T> {
  if (!wellFormedVariable.test(variable)) {
    throw SERVICE_ERRORS.CONFIG_DEFAULT({
      variable: JSON.stringify(variable),
      reason: 'cannot be read: that is not the name of an environment variable.',
      expected: 'of a variable named in letters, digits and underscores',
    });
  }
  return Object.freeze({
    kind: kind.kind,
    variable,
    expected: kind.expected,
    secret: kind.secret ?? false,
    optional: options.optional ?? false,
    describe: options.describe,
    defaults: Object.freeze(readDefaults(variable, options, kind)),
    parse: kind.parse,
    show: kind.show ?? String,
  });
}

function readDefaults<T>(variable: string, options: FieldOptions<unknown>, kind: FieldKind<T>): Field<T>['defaults'] {
  const production = options.production ?? options.default;
  const development = options.development ?? options.default;
  return {
    ...(production !== undefined && { production: readDefault(variable, production, kind) }),
    ...(development !== undefined && { development: readDefault(variable, development, kind) }),
  };
}

function readDefault<T>(variable: string, input: unknown, kind: FieldKind<T>): T {
  const parsed = kind.parse(input);
  if (parsed.reason === undefined) return parsed.value;
  throw SERVICE_ERRORS.CONFIG_DEFAULT({ variable, reason: parsed.reason, expected: kind.expected });
}
