import type { Issue } from './issue.js';

/** The codes of `SchemaError`: each has a page under docs/reference/errors. */
export type SchemaErrorCode =
  | 'VALIDATION_SCHEMA'
  | 'VALIDATION_NO_JSON_SCHEMA'
  | 'VALIDATION_REMOTE_REF'
  | 'VALIDATION_REF'
  | 'VALIDATION_DUPLICATE_ID'
  | 'VALIDATION_FORMAT'
  | 'VALIDATION_PATTERN';

/** Every code this package can throw. */
export const VALIDATION_CODES = [
  'VALIDATION_SCHEMA',
  'VALIDATION_NO_JSON_SCHEMA',
  'VALIDATION_REMOTE_REF',
  'VALIDATION_REF',
  'VALIDATION_DUPLICATE_ID',
  'VALIDATION_FORMAT',
  'VALIDATION_PATTERN',
  'VALIDATION_SERIALIZE',
] as const;

/** A schema that cannot be used: thrown while compiling, never while checking a value. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;
  /** What to change. */
  readonly help: string;
  /** Where in the schema, as a JSON pointer. */
  readonly pointer: string;

  constructor(code: SchemaErrorCode, message: string, help: string, options: { pointer?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.help = help;
    this.pointer = options.pointer ?? '';
  }
}

/** A value that cannot be written as its schema declares. Holds where and which rule, never the value. */
export class SerializeError extends Error {
  override readonly name = 'SerializeError';
  readonly code = 'VALIDATION_SERIALIZE';
  readonly help = 'Return a value of the declared shape, or change the schema to say what is returned.';
  /** Where in the value, as a JSON pointer. */
  readonly pointer: string;
  /** Which rule the value breaks. */
  readonly rule: string;
  readonly issues: readonly Issue[];

  constructor(issue: Issue, name: string | undefined) {
    super(
      `${name === undefined ? 'The value' : `The value of ${name}`} cannot be written: ${issue.pointer === '' ? 'it' : issue.pointer} ${issue.message}.`,
    );
    this.pointer = issue.pointer;
    this.rule = issue.rule;
    this.issues = [issue];
  }
}

/** @internal Every `SchemaError` of this package is made here, so that each sentence has its cure beside it. */
export const schemaErrors = {
  invalid: (
    what: string,
    pointer: string,
    help = 'Correct the schema at this place; Plinth reads JSON Schema draft 2020-12.',
    cause?: unknown,
  ) => new SchemaError('VALIDATION_SCHEMA', `The schema${place(pointer)} ${what}.`, help, { pointer, cause }),

  noJsonSchema: (vendor: string, why: string, cause?: unknown) =>
    new SchemaError(
      'VALIDATION_NO_JSON_SCHEMA',
      `The schema of "${vendor}" gives no JSON Schema: ${why}.`,
      vendor === 'valibot'
        ? "Wrap it: withJsonSchema(schema) of '@plinth/validation/valibot', with '@valibot/to-json-schema' installed."
        : 'Use types that JSON can carry, or a library that speaks Standard JSON Schema (zod 4.2, arktype 2.1.28 and later do).',
      { cause },
    ),

  remoteRef: (ref: string, pointer: string) =>
    new SchemaError(
      'VALIDATION_REMOTE_REF',
      `The schema${place(pointer)} refers to ${JSON.stringify(ref)}, which is not among the known schemas; nothing is ever fetched.`,
      'Add the schema that has this $id to the same compiler first (compiler.add), or put it under $defs.',
      { pointer },
    ),

  ref: (ref: string, pointer: string) =>
    new SchemaError(
      'VALIDATION_REF',
      `The schema${place(pointer)} refers to ${JSON.stringify(ref)}, which does not exist.`,
      'Point it at a $defs entry of this schema ("#/$defs/Name"), or at the $id of a schema added to the same compiler.',
      { pointer },
    ),

  duplicateId: (id: string, pointer: string) =>
    new SchemaError(
      'VALIDATION_DUPLICATE_ID',
      `Two different schemas have the $id ${JSON.stringify(id)}.`,
      'Give one of them another $id, or use the same schema object in both places.',
      { pointer },
    ),

  format: (format: string, known: readonly string[], pointer: string) =>
    new SchemaError(
      'VALIDATION_FORMAT',
      `The schema${place(pointer)} uses the format ${JSON.stringify(format)}, which is not known and would check nothing.`,
      `Use one of ${known.join(', ')}, give createCompiler({ formats }) a check for it, or say it with pattern.`,
      { pointer },
    ),

  pattern: (pattern: string, why: string, pointer: string) =>
    new SchemaError(
      'VALIDATION_PATTERN',
      `The schema${place(pointer)} has the pattern ${JSON.stringify(pattern)}: ${why}.`,
      'Rewrite it so that no text can be matched in two ways by a repetition, add a maxLength of at most 1000, or, if you know better, trust it with patterns: "trust".',
      { pointer },
    ),
};

function place(pointer: string): string {
  return pointer === '' ? '' : ` at ${pointer}`;
}
