import { AppError, type AppErrorExtras, type ErrorKind } from './app-error.js';
import type { Problem } from './boot-error.js';

/** One kind of error of a family: `{name}` in `detail` and `help` is replaced by the parameter of that name. */
export interface ErrorDefinition {
  readonly kind: ErrorKind;
  readonly detail: string;
  readonly help?: string;
  readonly title?: string;
  readonly retryAfter?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A value that can stand in an error's sentence. */
export type ErrorParam = string | number | bigint | boolean | Date | null | undefined;

/** The parameters that a definition's `detail` and `help` ask for, read from their `{placeholders}`. */
export type ErrorParams<D extends ErrorDefinition> = {
  readonly [Name in Placeholders<D['detail']> | Placeholders<D['help']>]: ErrorParam;
};

/** Makes one kind of error. Parameters are required exactly when its sentence has placeholders. */
export interface ErrorFactory<D extends ErrorDefinition, Code extends string = string> {
  (
    ...args: [keyof ErrorParams<D>] extends [never]
      ? [params?: Readonly<Record<never, never>>, extras?: AppErrorExtras]
      : [params: ErrorParams<D>, extras?: AppErrorExtras]
  ): AppError;
  readonly code: Code;
  readonly kind: D['kind'];
  /** Whether a value is an error of this code. */
  is(value: unknown): value is AppError;
}

/** A family of errors: one factory per name, and the list of codes for tests and documentation. */
export type ErrorFamily<Prefix extends string, D extends Readonly<Record<string, ErrorDefinition>>> = {
  readonly [Name in keyof D & string]: ErrorFactory<D[Name], `${Prefix}_${Name}`>;
} & { readonly codes: readonly `${Prefix}_${keyof D & string}`[] };

type Placeholders<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? WellFormed<Name> | Placeholders<Rest> : never;

// Braces around anything but a name, as in `{ deps: [...] }`, are text.
type WellFormed<Name extends string> = Name extends '' | `${string}${' ' | '.' | ',' | ':' | '[' | '(' | '"' | "'" | '{' | '…'}${string}`
  ? never
  : Name;

const wellFormedName = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/**
 * Declares a family of errors whose codes are `PREFIX_NAME`. Throws `CORE_ERROR_NAME` for a prefix or name that is
 * not in capitals, digits and underscores.
 *
 * @example
 * const ERRORS = defineErrors('ORDER', {
 *   NOT_FOUND: { kind: 'not-found', detail: 'Order {id} does not exist.' },
 * });
 * throw ERRORS.NOT_FOUND({ id: '7' });
 */
export function defineErrors<
  const Prefix extends string,
  const D extends Readonly<Record<string, ErrorDefinition>> & { readonly codes?: never },
>(prefix: Prefix, definitions: D): ErrorFamily<Prefix, D> {
  checkName(prefix);
  const family: Record<string, unknown> = {};
  const codes: string[] = [];
  for (const [name, definition] of Object.entries(definitions) as [string, ErrorDefinition][]) {
    checkName(name);
    const code = `${prefix}_${name}`;
    codes.push(code);
    family[name] = createFactory(code, definition);
  }
  family['codes'] = Object.freeze(codes);
  return Object.freeze(family) as ErrorFamily<Prefix, D>;
}

/** An error as a problem of a boot: its sentence, its cure, and where it was found. */
export function toProblem(error: AppError, where?: string): Problem {
  return {
    code: error.code,
    message: error.detail,
    ...(where !== undefined && { where }),
    ...(error.help !== undefined && { help: error.help }),
  };
}

function createFactory(code: string, definition: ErrorDefinition): unknown {
  const { kind, detail, help, ...defaults } = definition;
  const create = (params: Readonly<Record<string, ErrorParam>> = {}, extras: AppErrorExtras = {}): AppError => {
    const cure = extras.help ?? (help === undefined ? undefined : fill(help, params));
    const error = new AppError({
      ...defaults,
      ...extras,
      code,
      kind,
      detail: fill(detail, params),
      ...(cure !== undefined && { help: cure }),
    });
    // The stack starts where the author made the error, not in this factory.
    Error.captureStackTrace(error, create);
    return error;
  };
  return Object.freeze(
    Object.assign(create, {
      code,
      kind,
      is: (value: unknown) => value instanceof Error && (value as { code?: unknown }).code === code,
    }),
  );
}

// One pass only: a parameter's own text is never read as a placeholder.
function fill(text: string, params: Readonly<Record<string, ErrorParam>>): string {
  return text.replace(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (placeholder, name: string) => {
    if (!Object.hasOwn(params, name)) return placeholder;
    const value = params[name];
    return value instanceof Date ? toDateText(value) : String(value);
  });
}

function toDateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString();
}

function checkName(name: string): void {
  if (wellFormedName.test(name)) return;
  throw new AppError({
    code: 'CORE_ERROR_NAME',
    kind: 'internal',
    detail: `The error name ${JSON.stringify(name)} is not written in capitals, digits and single underscores.`,
    help: 'Name error families and errors like ORDER and NOT_FOUND: codes are stable and are searched for as they stand.',
  });
}
