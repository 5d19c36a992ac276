import type { AjvCheck } from './ajv-check.js';
import { toIssues } from './ajv-issues.js';
import { mergeIssues, type Checked } from './issue.js';
import { prepare, type PrepareRules } from './prepare.js';
import type { JsonSchema } from './schema.js';
import type { Shape } from './shape.js';
import { checkStandard } from './standard-check.js';
import type { StandardSchemaV1 } from './standard-schema.js';

/** A schema made ready once, to check any number of values. */
export interface CompiledSchema<T> {
  /** What a caller may send, as JSON Schema. */
  readonly jsonSchema: JsonSchema;
  /**
   * Checks a value, which is never changed: where something is stripped, converted or filled in, the result is a copy. A promise
   * only where the schema's library returned one; a JSON Schema is always checked synchronously.
   */
  check(value: unknown): Checked<T> | Promise<Checked<T>>;
}

/** Values of more parts than this are checked until their first error only. */
const LARGE = 10_000;

/** @internal A JSON Schema, checked by ajv. */
export class CompiledJsonSchema implements CompiledSchema<unknown> {
  readonly jsonSchema: JsonSchema;
  readonly #shape: Shape;
  readonly #rules: PrepareRules;
  readonly #bundled: JsonSchema;
  readonly #makeCheck: () => AjvCheck;
  #check: AjvCheck | undefined;

  constructor(parts: { jsonSchema: JsonSchema; shape: Shape; rules: PrepareRules; bundled: JsonSchema; makeCheck: () => AjvCheck; lazy: boolean }) {
    this.jsonSchema = parts.jsonSchema;
    this.#shape = parts.shape;
    this.#rules = parts.rules;
    this.#bundled = parts.bundled;
    this.#makeCheck = parts.makeCheck;
    if (!parts.lazy) this.#check = parts.makeCheck();
  }

  check(value: unknown): Checked<unknown> {
    const prepared = prepare(this.#shape, value, this.#rules);
    if (prepared.stopped) return { issues: prepared.issues };
    const errors = (this.#check ??= this.#makeCheck())(prepared.value, prepared.count > LARGE);
    if (errors === undefined) return prepared.issues.length === 0 ? { value: prepared.value } : { issues: prepared.issues };
    return { issues: mergeIssues(prepared.issues, toIssues(errors, this.#bundled)) };
  }
}

/** @internal A schema of a Standard Schema library: our rules first, then the library's own `validate`. */
export class CompiledStandardSchema implements CompiledSchema<unknown> {
  readonly jsonSchema: JsonSchema;
  readonly #schema: StandardSchemaV1;
  readonly #shape: Shape;
  readonly #rules: PrepareRules;

  constructor(parts: { jsonSchema: JsonSchema; schema: StandardSchemaV1; shape: Shape; rules: PrepareRules }) {
    this.jsonSchema = parts.jsonSchema;
    this.#schema = parts.schema;
    this.#shape = parts.shape;
    this.#rules = parts.rules;
  }

  check(value: unknown): Checked<unknown> | Promise<Checked<unknown>> {
    const prepared = prepare(this.#shape, value, this.#rules);
    if (prepared.stopped) return { issues: prepared.issues };
    const checked = checkStandard(this.#schema, prepared.value);
    if (prepared.issues.length === 0) return checked;
    const merge = (result: Checked<unknown>): Checked<unknown> => ({ issues: mergeIssues(prepared.issues, result.issues ?? []) });
    return checked instanceof Promise ? checked.then(merge) : merge(checked);
  }
}
