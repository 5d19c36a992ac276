import { compile, type Infer, type Schema } from '@plinth/validation';
import { redactText } from '../logging/redact-text.js';
import { isSensitiveKey } from '../logging/sensitive-key.js';
import { createField, type Field, type FieldOptions, type FieldValue, type Parsed } from './field.js';
import { parseBytes } from './parse-bytes.js';
import { parseDuration } from './parse-duration.js';
import { parseSchema } from './parse-schema.js';
import { Secret } from './secret.js';

/** Options of `env.string`. */
export interface StringOptions extends FieldOptions<string> {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** What the whole text must match. */
  readonly pattern?: RegExp;
}

/** Options of fields that are numbers; both limits are inclusive. */
export interface NumberOptions<D = number> extends FieldOptions<D> {
  readonly min?: number;
  readonly max?: number;
}

/** Options of `env.list`. */
export interface ListOptions extends FieldOptions<readonly string[]> {
  /** What stands between the items; default a comma. */
  readonly separator?: string;
  /** The only allowed items. */
  readonly of?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Options of `env.url`. */
export interface UrlOptions extends FieldOptions<string | URL> {
  /** Allowed schemes without colon, such as `https`. */
  readonly protocols?: readonly string[];
}

/** Options of `env.secret`. */
export interface SecretOptions extends FieldOptions<string | Secret> {
  /** Least number of characters. */
  readonly minLength?: number;
}

/**
 * The kinds of values that a configuration is made of. Each takes the name of its environment variable; `NAME_FILE` may name a
 * file that holds the value instead. An empty variable counts as not set.
 */
export const env = {
  /** A text. */
  string<const O extends StringOptions>(variable: string, options?: O): Field<FieldValue<string, O>> {
    return createField(variable, options ?? {}, {
      kind: 'string',
      expected: describeText(options ?? {}),
      parse: (input) => parseText(variable, input, options ?? {}),
      show: (value) => shown(variable, value),
    }) as Field<FieldValue<string, O>>;
  },

  /** A whole number (safe integer). */
  integer<const O extends NumberOptions>(variable: string, options?: O): Field<FieldValue<number, O>> {
    return numberField(variable, 'integer', 'a whole number', options ?? {}, readInteger) as Field<FieldValue<number, O>>;
  },

  /** A finite number. */
  number<const O extends NumberOptions>(variable: string, options?: O): Field<FieldValue<number, O>> {
    return numberField(variable, 'number', 'a number', options ?? {}, readNumber) as Field<FieldValue<number, O>>;
  },

  /** A TCP port, 0 to 65535; 0 lets the system choose. */
  port<const O extends FieldOptions<number>>(variable: string, options?: O): Field<FieldValue<number, O>> {
    return numberField(variable, 'port', 'a port number', { ...options, min: 0, max: 65_535 }, readInteger) as Field<FieldValue<number, O>>;
  },

  /** `true`, `yes`, `on`, `1` or `false`, `no`, `off`, `0`, in any case. */
  boolean<const O extends FieldOptions<boolean>>(variable: string, options?: O): Field<FieldValue<boolean, O>> {
    return createField(variable, options ?? {}, {
      kind: 'boolean',
      expected: 'true or false (also yes/no, on/off, 1/0)',
      parse: (input) => parseBoolean(variable, input),
    }) as Field<FieldValue<boolean, O>>;
  },

  /** Texts separated by commas; blanks around items and empty items are dropped. */
  list<const O extends ListOptions>(variable: string, options?: O): Field<FieldValue<readonly string[], O>> {
    return createField(variable, options ?? {}, {
      kind: 'list',
      expected: describeList(options ?? {}),
      parse: (input) => parseList(variable, input, options ?? {}),
      show: (value) => shown(variable, value.join(options?.separator ?? ',')),
    }) as Field<FieldValue<readonly string[], O>>;
  },

  /** A duration such as `500ms`, `10s`, `5m`, `1h30m`, `7d`; read as milliseconds. Limits are in milliseconds. */
  duration<const O extends NumberOptions<number | string>>(variable: string, options?: O): Field<FieldValue<number, O>> {
    return numberField(
      variable,
      'duration',
      'a duration such as 500ms, 10s, 5m or 1h30m',
      options ?? {},
      (text) => parseDuration(text),
      'ms',
    ) as Field<FieldValue<number, O>>;
  },

  /** A size such as `512`, `64KiB`, `1.5MB`; read as bytes (kB = 1,000, KiB = 1,024). */
  bytes<const O extends NumberOptions<number | string>>(variable: string, options?: O): Field<FieldValue<number, O>> {
    return numberField(variable, 'bytes', 'a size such as 512, 64KiB or 1MB', options ?? {}, (text) => parseBytes(text), ' bytes') as Field<
      FieldValue<number, O>
    >;
  },

  /** An absolute URL (WHATWG), as a `URL`. */
  url<const O extends UrlOptions>(variable: string, options?: O): Field<FieldValue<URL, O>> {
    return createField(variable, options ?? {}, {
      kind: 'url',
      expected: options?.protocols
        ? `an absolute URL that starts with ${listed(options.protocols.map((name) => `${name}:`))}`
        : 'an absolute URL',
      parse: (input) => parseUrl(variable, input, options ?? {}),
      show: (value) => shown(variable, value.href),
    }) as Field<FieldValue<URL, O>>;
  },

  /** One of the given texts. */
  oneOf<const V extends readonly string[], const O extends FieldOptions<V[number]>>(
    variable: string,
    values: V,
    options?: O,
  ): Field<FieldValue<V[number], O>> {
    return createField(variable, options ?? {}, {
      kind: 'oneOf',
      expected: listed(values),
      parse: (input) => parseOneOf(variable, input, values),
    }) as Field<FieldValue<V[number], O>>;
  },

  /** A secret: the value is wrapped in `Secret` and printed nowhere. */
  secret<const O extends SecretOptions>(variable: string, options?: O): Field<FieldValue<Secret, O>> {
    return createField(variable, options ?? {}, {
      kind: 'secret',
      expected: options?.minLength ? `a secret of at least ${options.minLength} characters` : 'a secret',
      secret: true,
      parse: (input) => parseSecret(input, options ?? {}),
    }) as Field<FieldValue<Secret, O>>;
  },

  /**
   * Anything a schema describes: a text is coerced (numbers, booleans), or read as JSON where the schema asks for an object or an
   * array. The schema must answer synchronously.
   */
  schema<S extends Schema, const O extends FieldOptions<Infer<S>>>(
    variable: string,
    schema: S,
    options?: O,
  ): Field<FieldValue<Infer<S>, O>> {
    const compiled = compile(schema, { name: variable, coerce: true });
    return createField(variable, options ?? {}, {
      kind: 'schema',
      expected: 'a value that its schema allows',
      parse: (input) => parseSchema(compiled, input) as Parsed<Infer<S>>,
      show: (value) => shown(variable, JSON.stringify(value) ?? 'undefined'),
    }) as Field<FieldValue<Infer<S>, O>>;
  },
};

function parseText(variable: string, input: unknown, { minLength = 0, maxLength = Infinity, pattern }: StringOptions): Parsed<string> {
  const text = typeof input === 'number' || typeof input === 'boolean' ? String(input) : input;
  if (typeof text !== 'string') return { reason: `is ${typeName(input)}, not a text.` };
  if (text.length < minLength) return { reason: `has ${text.length} characters; at least ${minLength} are needed.` };
  if (text.length > maxLength) return { reason: `has ${text.length} characters; at most ${maxLength} are allowed.` };
  if (pattern && !new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(text)) {
    return { reason: `is ${shown(variable, text)}, which does not match ${pattern}.` };
  }
  return { value: text };
}

function numberField<D>(
  variable: string,
  kind: string,
  what: string,
  options: NumberOptions<D>,
  read: (text: string) => number | undefined,
  unit = '',
): Field<number> {
  const { min = -Infinity, max = Infinity } = options;
  const expected = `${what}${describeRange(min, max, unit)}`;
  return createField<number>(variable, options, {
    kind,
    expected,
    parse: (input) => {
      const value = typeof input === 'string' || typeof input === 'number' ? read(String(input).trim()) : undefined;
      if (value === undefined) return { reason: `is ${shown(variable, input)}, which is not ${what}.` };
      if (value < min || value > max) return { reason: `is ${shown(variable, input)}, which is not${describeRange(min, max, unit)}.` };
      return { value };
    },
    show: (value) => `${value}${unit}`,
  });
}

function readInteger(text: string): number | undefined {
  const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function readNumber(text: string): number | undefined {
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

function parseBoolean(variable: string, input: unknown): Parsed<boolean> {
  if (typeof input === 'boolean') return { value: input };
  const text = String(input).trim().toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(text)) return { value: true };
  if (['false', 'no', 'off', '0'].includes(text)) return { value: false };
  return { reason: `is ${shown(variable, input)}, which is neither true nor false.` };
}

function parseList(
  variable: string,
  input: unknown,
  { separator = ',', of, minItems = 0, maxItems = Infinity }: ListOptions,
): Parsed<readonly string[]> {
  const raw = Array.isArray(input) ? input : typeof input === 'string' ? input.split(separator) : undefined;
  if (!raw?.every((item) => typeof item === 'string')) return { reason: `is ${typeName(input)}, not a list of texts.` };
  const items = raw.map((item) => item.trim()).filter((item) => item !== '');
  const stranger = of && items.find((item) => !of.includes(item));
  if (stranger !== undefined) return { reason: `holds ${shown(variable, stranger)}, which is not ${listed(of!)}.` };
  if (items.length < minItems) return { reason: `has ${items.length} items; at least ${minItems} are needed.` };
  if (items.length > maxItems) return { reason: `has ${items.length} items; at most ${maxItems} are allowed.` };
  return { value: Object.freeze(items) };
}

function parseUrl(variable: string, input: unknown, { protocols }: UrlOptions): Parsed<URL> {
  const url = input instanceof URL ? input : typeof input === 'string' && URL.canParse(input) ? new URL(input) : undefined;
  // The text may be a URL with a typing mistake and a password in it, so it is not repeated.
  if (url === undefined)
    return {
      reason: typeof input === 'string' ? `is not an absolute URL (${input.length} characters).` : `is ${typeName(input)}, not a URL.`,
    };
  if (protocols && !protocols.includes(url.protocol.slice(0, -1))) {
    return { reason: `is ${shown(variable, url.href)}, which does not start with ${listed(protocols.map((name) => `${name}:`))}.` };
  }
  return { value: url };
}

function parseOneOf<V extends string>(variable: string, input: unknown, values: readonly V[]): Parsed<V> {
  const found =
    values.find((value) => value === input) ?? values.find((value) => value.toLowerCase() === String(input).trim().toLowerCase());
  return found === undefined ? { reason: `is ${shown(variable, input)}, which is not ${listed(values)}.` } : { value: found };
}

function parseSecret(input: unknown, { minLength = 1 }: SecretOptions): Parsed<Secret> {
  const text = input instanceof Secret ? input.reveal() : input;
  if (typeof text !== 'string') return { reason: `is ${typeName(input)}, not a text.` };
  if (text.length < minLength) return { reason: `has ${text.length} characters; at least ${minLength} are needed.` };
  return { value: input instanceof Secret ? input : new Secret(text) };
}

function describeText({ minLength, maxLength, pattern }: StringOptions): string {
  const length = minLength !== undefined || maxLength !== undefined;
  return `a text${length ? ` of${describeRange(minLength ?? 0, maxLength ?? Infinity, ' characters', '')}` : ''}${pattern ? ` that matches ${pattern}` : ''}`;
}

function describeList({ separator = ',', of }: ListOptions): string {
  const kind = of ? `items out of ${listed(of, 'and')}` : 'texts';
  return `${kind} separated by ${separator === ',' ? 'commas' : JSON.stringify(separator)}`;
}

function describeRange(min: number, max: number, unit: string, before = ''): string {
  if (min === -Infinity && max === Infinity) return '';
  if (max === Infinity) return `${before} at least ${min}${unit}`;
  if (min === -Infinity) return `${before} at most ${max}${unit}`;
  return `${before} from ${min} to ${max}${unit}`;
}

/** A value in quotes, without secrets and cut to 100 characters; hidden if its variable is named like a secret. */
function shown(variable: string, input: unknown): string {
  if (isSensitiveKey(variable)) return '[hidden]';
  const text = redactText(typeof input === 'string' ? input : (JSON.stringify(input) ?? String(input)));
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return typeof input === 'string' ? JSON.stringify(short) : short;
}

function listed(values: readonly string[], word = 'or'): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} ${word} ${values.at(-1)}`;
}

function typeName(input: unknown): string {
  if (input === null) return 'null';
  return Array.isArray(input) ? 'a list' : typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}
