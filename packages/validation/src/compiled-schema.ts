import type { ValidateFunction } from 'ajv';
import type { AjvCheck } from './ajv-check.js';
import { toIssues } from './ajv-issues.js';
import { mergeIssues, type Checked, type Issue } from './issue.js';
import { prepare, type PrepareRules } from './prepare.js';
import { NOT_FLAT, type PrepareFlat } from './prepare-flat.js';
import type { JsonSchema } from './schema.js';
import type { Shape } from './shape.js';
import { checkStandard } from './standard-check.js';
import type { StandardSchemaV1 } from './standard-schema.js';
import { toSchemaError } from './strict-keywords.js';

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

/** @internal What a `CompiledJsonSchema` is made of. */
export interface JsonSchemaParts {
  readonly jsonSchema: JsonSchema;
  readonly shape: Shape;
  readonly rules: PrepareRules;
  readonly bundled: JsonSchema;
  readonly makeCheck: () => AjvCheck;
  /** Compiles the strict form, where there is one. */
  readonly makeStrict: (() => ValidateFunction | undefined) | undefined;
  /** What is to be done to a value before the strict form sees it, where there is anything. */
  readonly prepareFlat: PrepareFlat | undefined;
  readonly lazy: boolean;
}

/** @internal A JSON Schema, checked by ajv: values by its strict form, and those it refuses as a whole, for their issues. */
export class CompiledJsonSchema implements CompiledSchema<unknown> {
  readonly jsonSchema: JsonSchema;
  readonly #parts: JsonSchemaParts;
  readonly #prepareFlat: PrepareFlat | undefined;
  #strict: ValidateFunction | undefined;
  #check: AjvCheck | undefined;

  constructor(parts: JsonSchemaParts) {
    this.jsonSchema = parts.jsonSchema;
    this.#parts = parts;
    this.#prepareFlat = parts.prepareFlat;
    if (!parts.lazy) this.#start();
  }

  check(value: unknown): Checked<unknown> {
    if (this.#strict === undefined && this.#check === undefined) this.#start();
    const strict = this.#strict;
    if (strict === undefined) return this.#checkWhole(value);
    const ready = this.#prepareFlat === undefined ? value : this.#prepareFlat(value);
    return ready !== NOT_FLAT && strict(ready) ? { value: ready } : this.#checkWhole(value);
  }

  /** One validator at start-up: that of the strict form, or that of the schema itself where there is none. */
  #start(): void {
    this.#strict = this.#parts.makeStrict?.();
    if (this.#strict === undefined) this.#check = this.#parts.makeCheck();
  }

  #checkWhole(value: unknown): Checked<unknown> {
    const { shape, rules, bundled } = this.#parts;
    const prepared = prepare(shape, value, rules);
    if (prepared.stopped) return { issues: prepared.issues };
    const errors = (this.#check ??= this.#makeCheck())(prepared.value, prepared.count > LARGE);
    if (errors === undefined) return prepared.issues.length === 0 ? { value: prepared.value } : { issues: prepared.issues };
    return { issues: mergeIssues(prepared.issues, toIssues(errors, bundled)) };
  }

  /** Hosts that allow code generation only at start-up get the first error of the strict form, which judges prepared values alike. */
  #makeCheck(): AjvCheck {
    try {
      return this.#parts.makeCheck();
    } catch (error) {
      const strict = this.#strict;
      if (strict === undefined) throw error;
      return (value) => (strict(value) ? undefined : (strict.errors ?? []).map(toSchemaError).filter((found) => found !== undefined));
    }
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
    const checked = this.#checkByLibrary(prepared.value);
    if (prepared.issues.length === 0) return checked;
    const merge = (result: Checked<unknown>): Checked<unknown> => ({ issues: mergeIssues(prepared.issues, result.issues ?? []) });
    return checked instanceof Promise ? checked.then(merge) : merge(checked);
  }

  /** A list where an object is declared is told as such: libraries that take any object tell the properties it lacks. */
  #checkByLibrary(value: unknown): Checked<unknown> | Promise<Checked<unknown>> {
    const checked = checkStandard(this.#schema, value);
    if (!Array.isArray(value) || this.jsonSchema['type'] !== 'object') return checked;
    const explain = (result: Checked<unknown>): Checked<unknown> => (result.issues === undefined ? result : { issues: [LIST_FOR_OBJECT] });
    return checked instanceof Promise ? checked.then(explain) : explain(checked);
  }
}

const LIST_FOR_OBJECT: Issue = { pointer: '', rule: 'type', message: 'must be an object, got an array' };
