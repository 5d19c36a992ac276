import { AjvCompiler } from './ajv-check.js';
import { buildShape } from './build-shape.js';
import { bundleSchema } from './bundle-schema.js';
import { CompiledJsonSchema, CompiledStandardSchema, type CompiledSchema, type JsonSchemaParts } from './compiled-schema.js';
import { SchemaError } from './errors.js';
import { knownFormats, type FormatCheck } from './formats.js';
import { resolveLimits, type ImplicitLimits } from './limits.js';
import type { PrepareRules } from './prepare.js';
import { createFlatPreparation } from './prepare-flat.js';
import { readSchema } from './read-schema.js';
import { canonicalText, SchemaRegistry } from './schema-registry.js';
import type { Infer, JsonSchema, Schema, TypeBoxSchema, UnknownKeys } from './schema.js';
import { createSerializer, createSerializerParts, type Serialize, type SerializerParts } from './serializer.js';
import type { Shape } from './shape.js';
import { isStandardSchema } from './standard-schema.js';
import { hasDefaults, strictSchema } from './strict-schema.js';
import { toJsonSchema, type Direction } from './to-json-schema.js';

/** How one schema is to be compiled. */
export interface CompileOptions {
  /** What the schema is of (`body of POST /orders`), for error messages. */
  readonly name?: string;
  /** Properties the schema does not declare. Default: the compiler's, which is `reject`. */
  readonly unknown?: UnknownKeys;
  /** Turn texts into the declared types. For paths, queries, headers, cookies, forms and environment only. Default false. */
  readonly coerce?: boolean;
  /** Limits where the schema states none; `false` for none. Default: the compiler's. */
  readonly limits?: ImplicitLimits | false;
}

/** How a compiler works; each setting is for all schemas given to it. */
export interface CompilerOptions {
  /** Properties schemas do not declare. Default `reject`. */
  readonly unknown?: UnknownKeys;
  /** Limits where a schema states none; `false` for none. */
  readonly limits?: ImplicitLimits | false;
  /** Formats of your own, by name. */
  readonly formats?: Readonly<Record<string, FormatCheck>>;
  /** `trust` accepts patterns without the examination for catastrophic backtracking. Default `check`. */
  readonly patterns?: 'check' | 'trust';
  /** Generate validators and serializers at their first use instead of at once: a faster start in development. References, formats and patterns are still judged at once. Default false. */
  readonly lazy?: boolean;
}

/** Compiles the schemas of one application: identical schemas once, `$id`s shared among them. */
export interface Compiler {
  /** Makes a schema with an `$id` known, so that others may refer to it, whichever is compiled first. */
  add(schema: JsonSchema | TypeBoxSchema): void;
  /** Makes a schema ready to check values. Throws `SchemaError` (`VALIDATION_SCHEMA`, `VALIDATION_REF` and the other codes of this package). */
  compile<const S extends Schema>(schema: S, options?: CompileOptions): CompiledSchema<Infer<S>>;
  /** Makes a schema ready to write values; see `compileSerializer`. */
  compileSerializer(schema: Schema, options?: { readonly name?: string }): Serialize;
}

// Bundled schemas carry no $id and are dropped once compiled, so compilers without formats of their own can share the generator.
const plainFormats = knownFormats();
const plainAjv = new AjvCompiler(plainFormats);

/** Makes a compiler, usually one for each application. */
export function createCompiler(options: CompilerOptions = {}): Compiler {
  return new SchemaCompiler(options);
}

class SchemaCompiler implements Compiler {
  readonly #options: CompilerOptions;
  readonly #registry = new SchemaRegistry();
  readonly #formatNames: ReadonlySet<string>;
  readonly #ajv: AjvCompiler;
  readonly #byIdentity = new WeakMap<object, Map<string, CompiledSchema<unknown>>>();
  readonly #byContent = new Map<string, CompiledSchema<unknown>>();
  readonly #shapes = new Map<string, ReadShape>();
  /** By identity: contracts share their schemas. */
  readonly #seen: Readonly<Record<Direction, WeakMap<Schema, ReadShape>>> = { input: new WeakMap(), output: new WeakMap() };
  readonly #serializers = new WeakMap<Shape, SerializerParts>();

  constructor(options: CompilerOptions) {
    this.#options = options;
    const formats = options.formats === undefined ? plainFormats : knownFormats(options.formats);
    this.#formatNames = new Set(formats.keys());
    this.#ajv = options.formats === undefined ? plainAjv : new AjvCompiler(formats);
  }

  add(schema: JsonSchema | TypeBoxSchema): void {
    this.#registry.add(this.#read(schema as JsonSchema, true));
  }

  compile<const S extends Schema>(schema: S, options: CompileOptions = {}): CompiledSchema<Infer<S>> {
    const rules = this.#rules(options);
    const key = keyOf(rules);
    const known = this.#byIdentity.get(schema) ?? new Map<string, CompiledSchema<unknown>>();
    this.#byIdentity.set(schema, known);
    let compiled = known.get(key);
    if (compiled === undefined) {
      compiled = named(options.name, () => this.#compile(schema, rules, key));
      known.set(key, compiled);
    }
    return compiled as CompiledSchema<Infer<S>>;
  }

  compileSerializer(schema: Schema, options: { readonly name?: string } = {}): Serialize {
    return named(options.name, () => {
      const { shape } = this.#shape(schema, 'output');
      if (this.#options.lazy !== true) return createSerializer(this.#serializerParts(shape), options.name);
      let serialize: Serialize | undefined;
      return (value) => (serialize ??= createSerializer(this.#serializerParts(shape), options.name))(value);
    });
  }

  #serializerParts(shape: Shape): SerializerParts {
    const parts = this.#serializers.get(shape) ?? createSerializerParts(shape);
    this.#serializers.set(shape, parts);
    return parts;
  }

  #compile(schema: Schema, rules: PrepareRules, key: string): CompiledSchema<unknown> {
    const { read, shape, text } = this.#shape(schema, 'input');
    if (isStandardSchema(schema)) {
      return new CompiledStandardSchema({ jsonSchema: toJsonSchema(schema), schema, shape, rules: { ...rules, defaults: false } });
    }
    const contentKey = `${key} ${text}`;
    const known = this.#byContent.get(contentKey);
    if (known !== undefined) return known;
    const bundled = bundleSchema(read, this.#registry);
    const compiled = new CompiledJsonSchema({
      ...this.#fastParts(shape, rules, bundled),
      jsonSchema: toJsonSchema(schema),
      shape,
      rules,
      bundled,
      makeCheck: () => this.#ajv.compile(bundled),
      lazy: this.#options.lazy === true,
    });
    this.#byContent.set(contentKey, compiled);
    return compiled;
  }

  /** The ways a good value is checked without the general preparation, where its schema allows one. */
  #fastParts(shape: Shape, rules: PrepareRules, bundled: JsonSchema): Pick<JsonSchemaParts, 'makeStrict' | 'prepareFlat'> {
    const needsPreparation = rules.coerce || hasDefaults(shape);
    const prepareFlat = needsPreparation ? createFlatPreparation(shape, rules) : undefined;
    const strict = needsPreparation && prepareFlat === undefined ? undefined : strictSchema(bundled, rules);
    return { prepareFlat, makeStrict: strict === undefined ? undefined : () => this.#ajv.compileStrict(strict) };
  }

  #shape(schema: Schema, direction: Direction): ReadShape {
    const seen = this.#seen[direction];
    const known = seen.get(schema);
    if (known !== undefined) return known;
    const read = isStandardSchema(schema) ? this.#read(toJsonSchema(schema, direction), false) : this.#read(schema as JsonSchema, true);
    const made = this.#shapeOf(read);
    seen.set(schema, made);
    return made;
  }

  #shapeOf(read: JsonSchema): ReadShape {
    const text = canonicalText(read);
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    this.#registry.add(read);
    const made = { read, shape: buildShape(read, this.#registry), text };
    this.#shapes.set(text, made);
    return made;
  }

  #read(schema: JsonSchema, strict: boolean): JsonSchema {
    return readSchema(schema, { strict, formats: this.#formatNames, patterns: this.#options.patterns ?? 'check' });
  }

  #rules(options: CompileOptions): PrepareRules {
    return {
      unknown: options.unknown ?? this.#options.unknown ?? 'reject',
      coerce: options.coerce ?? false,
      defaults: true,
      limits: resolveLimits(options.limits ?? this.#options.limits),
    };
  }
}

/** A schema as it was read, what its values look like, and its canonical text. */
interface ReadShape {
  readonly read: JsonSchema;
  readonly shape: Shape;
  readonly text: string;
}

function keyOf({ unknown, coerce, limits }: PrepareRules): string {
  return `${unknown} ${coerce} ${Object.values(limits).join(' ')}`;
}

/** Runs a compilation; its errors begin with what the schema is of. */
function named<T>(name: string | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (name !== undefined && error instanceof SchemaError) error.message = `${name}: ${error.message}`;
    throw error;
  }
}
