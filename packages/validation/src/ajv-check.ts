import { _, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ErrorObject, Format, Options } from 'ajv';
import { schemaErrors } from './errors.js';
import { strictKeywords } from './strict-keywords.js';
import type { JsonSchema } from './schema.js';

/** Runs a compiled schema: the errors, or undefined when the value passes. Never changes the value. */
export type AjvCheck = (value: unknown, large: boolean) => readonly ErrorObject[] | undefined;

/** The ajv instances of a compiler: one names every error, one stops at the first, and one knows the keywords of strict forms. */
export class AjvCompiler {
  readonly #formats: ReadonlyMap<string, Format>;
  #all: Ajv2020 | undefined;
  #first: Ajv2020 | undefined;
  #strict: Ajv2020 | undefined;

  constructor(formats: ReadonlyMap<string, Format>) {
    this.#formats = formats;
  }

  /**
   * Compiles a bundled schema. `large` values are run until the first error only: every error of a hostile document of a
   * hundred thousand items would cost more memory than the document. That second form is compiled when first needed.
   */
  compile(bundled: JsonSchema): AjvCheck {
    const all = this.#compile((this.#all ??= this.#create(true)), bundled);
    let first: ValidateFunction | undefined;
    return (value, large) => {
      const validate = large ? (first ??= this.#firstError(bundled) ?? all) : all;
      return validate(value) ? undefined : (validate.errors ?? []);
    };
  }

  /** Compiles a strict form (strict-schema.ts). Undefined where ajv refuses it: compiling the schema itself then says why. */
  compileStrict(strict: JsonSchema): ValidateFunction | undefined {
    try {
      return this.#compile((this.#strict ??= this.#createStrict()), strict);
    } catch {
      return undefined;
    }
  }

  #createStrict(): Ajv2020 {
    // Plain objects are asked for by a keyword of its own, once for each object and not once for each property.
    const ajv = this.#create(false, { ownProperties: false });
    for (const keyword of strictKeywords(_)) ajv.addKeyword({ ...keyword });
    return ajv;
  }

  /** Hosts that allow code generation only at start-up get every error instead of the first. */
  #firstError(bundled: JsonSchema): ValidateFunction | undefined {
    try {
      return this.#compile((this.#first ??= this.#create(false)), bundled);
    } catch {
      return undefined;
    }
  }

  #compile(ajv: Ajv2020, bundled: JsonSchema): ValidateFunction {
    try {
      return ajv.compile(bundled);
    } catch (cause) {
      throw schemaErrors.invalid(`cannot be compiled: ${cause instanceof Error ? cause.message : String(cause)}`, '', undefined, cause);
    } finally {
      ajv.removeSchema(bundled); // ajv would hold every schema it ever saw
    }
  }

  #create(allErrors: boolean, options: Options = {}): Ajv2020 {
    const ajv = new Ajv2020({
      allErrors,
      verbose: allErrors, // names the schema of each error, by which the branches of a union are told apart
      messages: false,
      strictSchema: true,
      strictTypes: true,
      strictTuples: false,
      strictRequired: false,
      allowUnionTypes: true,
      ownProperties: true, // `toString` is not there because Object.prototype has it
      $data: false,
      addUsedSchema: false,
      logger: false,
      ...options,
    });
    for (const [name, format] of this.#formats) ajv.addFormat(name, format);
    return ajv;
  }
}
