import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ErrorObject, Format } from 'ajv';
import { schemaErrors } from './errors.js';
import type { JsonSchema } from './schema.js';

/** Runs a compiled schema: the errors, or undefined when the value passes. Never changes the value. */
export type AjvCheck = (value: unknown, large: boolean) => readonly ErrorObject[] | undefined;

/** The two ajv instances of a compiler: one names every error, one stops at the first. */
export class AjvCompiler {
  readonly #formats: ReadonlyMap<string, Format>;
  #all: Ajv2020 | undefined;
  #first: Ajv2020 | undefined;

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

  #create(allErrors: boolean): Ajv2020 {
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
    });
    for (const [name, format] of this.#formats) ajv.addFormat(name, format);
    return ajv;
  }
}
