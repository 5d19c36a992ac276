import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AjvCompiler } from './ajv-check.js';
import { buildShape } from './build-shape.js';
import { bundleSchema } from './bundle-schema.js';
import { CompiledJsonSchema, type JsonSchemaParts } from './compiled-schema.js';
import { knownFormats } from './formats.js';
import { resolveLimits, type ImplicitLimits } from './limits.js';
import { createFlatPreparation } from './prepare-flat.js';
import type { PrepareRules } from './prepare.js';
import { asTexts, flatSchemas, schemas, valuesFor } from '../test/random-schemas.js';
import { readSchema } from './read-schema.js';
import { SchemaRegistry } from './schema-registry.js';
import type { JsonSchema, UnknownKeys } from './schema.js';
import { hasDefaults, strictSchema } from './strict-schema.js';

const RUNS = Number(process.env['RUNS'] ?? 400);
const ajv = new AjvCompiler(knownFormats());

interface Options {
  readonly unknown?: UnknownKeys;
  readonly coerce?: boolean;
  readonly limits?: ImplicitLimits;
}

/** The same schema with its strict form and without. */
function bothOf(
  schema: JsonSchema,
  options: Options = {},
): { readonly fast: CompiledJsonSchema | undefined; readonly whole: CompiledJsonSchema; readonly parts: JsonSchemaParts } {
  const rules: PrepareRules = {
    unknown: options.unknown ?? 'reject',
    coerce: options.coerce ?? false,
    defaults: true,
    limits: resolveLimits(options.limits),
  };
  const registry = new SchemaRegistry();
  const read = readSchema(schema, { strict: true, formats: new Set(knownFormats().keys()), patterns: 'check' });
  registry.add(read);
  const [shape, bundled] = [buildShape(read, registry), bundleSchema(read, registry)];
  const parts: JsonSchemaParts = {
    jsonSchema: schema,
    shape,
    rules,
    bundled,
    makeCheck: () => ajv.compile(bundled),
    makeStrict: undefined,
    prepareFlat: undefined,
    lazy: true,
  };
  const needsPreparation = rules.coerce || hasDefaults(shape);
  const prepareFlat = needsPreparation ? createFlatPreparation(shape, rules) : undefined;
  const strict = needsPreparation && prepareFlat === undefined ? undefined : strictSchema(bundled, rules);
  const fastParts: JsonSchemaParts = { ...parts, prepareFlat, makeStrict: () => ajv.compileStrict(strict as JsonSchema) };
  return {
    whole: new CompiledJsonSchema(parts),
    fast: strict === undefined ? undefined : new CompiledJsonSchema(fastParts),
    parts: fastParts,
  };
}

describe('the strict form of a schema', () => {
  test.each([{ coerce: false }, { coerce: true }])(
    'gives what the whole check gives, for any schema and value: %j',
    ({ coerce }) => {
      const seen = { strict: 0, passed: 0 };
      const limits = fc.constantFrom<ImplicitLimits>({}, { maxLength: 3, maxItems: 1 }, { maxDepth: 2, maxProperties: 1 });
      const unknown = fc.constantFrom<UnknownKeys>('reject', 'strip', 'keep');
      const root = coerce ? fc.oneof(schemas, { weight: 4, arbitrary: flatSchemas }) : schemas;
      fc.assert(
        fc.property(
          root.chain((schema) =>
            fc.tuple(
              fc.constant(schema),
              fc.array(
                valuesFor(schema).map((value) => (coerce ? asTexts(value) : value)),
                { minLength: 6, maxLength: 6 },
              ),
            ),
          ),
          unknown,
          limits,
          ([schema, values], mode, given) => {
            const { fast, whole } = bothOf(schema, { unknown: mode, coerce, limits: given });
            if (fast === undefined) return;
            seen.strict += 1;
            for (const value of values) {
              const expected = whole.check(value);
              const checked = fast.check(value);
              expect(checked).toStrictEqual(expected);
              if (expected.issues !== undefined) continue;
              seen.passed += 1;
              expect(checked.value === value).toBe(expected.value === value);
              if (typeof value === 'object' && value !== null)
                expect(Object.keys(checked.value as object)).toEqual(Object.keys(expected.value as object));
            }
          },
        ),
        { numRuns: RUNS },
      );
      expect(seen.strict).toBeGreaterThan(30);
      expect(seen.passed).toBeGreaterThan(50);
    },
    60_000,
  );

  test('lengths are counted in code points where the schema says them, in units where it says nothing', () => {
    const said = bothOf({ type: 'string', minLength: 2, maxLength: 3 }).fast;
    const face = '\u{1F600}';
    for (const [text, fits] of [
      [face, false],
      [face + face, true],
      [face.repeat(3), true],
      [face.repeat(4), false],
      ['ab', true],
      ['\ud83d\ud83d', true],
    ] as const) {
      expect(said?.check(text).issues === undefined).toBe(fits);
    }
    expect(bothOf({ type: 'string' }, { limits: { maxLength: 3 } }).fast?.check(face + face).issues).toHaveLength(1);
  });

  test('properties count only where they are the object’s own', () => {
    const { fast, whole } = bothOf({
      type: 'object',
      properties: { in: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
      required: ['in'],
    });
    const inherits: unknown = Object.create({ a: 'x' });
    for (const compiled of [fast, whole]) {
      expect(compiled?.check({ in: inherits }).issues?.[0]).toMatchObject({ pointer: '/in/a', rule: 'required' });
      expect(compiled?.check({ in: Object.assign(Object.create(null) as object, { a: 'x' }) }).issues).toBeUndefined();
    }
  });

  test('there is none where it could not say the same', () => {
    const object = { type: 'object', properties: { a: { type: 'string' } } };
    for (const schema of [
      {},
      { type: 'object' },
      { ...object, additionalProperties: { type: 'string' } },
      { allOf: [object] },
      { $id: 'T', type: 'object', properties: { t: { $ref: '#' } } },
      { not: object },
      { oneOf: [object, object] },
      { type: 'object', properties: { toString: { type: 'string' } } },
    ]) {
      expect(bothOf(schema).fast).toBeUndefined();
    }
    expect(bothOf(object, { unknown: 'keep' }).fast).toBeUndefined();
    expect(bothOf(object).fast).toBeDefined();
  });

  test('a mistake in a length is still told when the schema is compiled', () => {
    for (const schema of [
      { type: 'string', minLength: '5' },
      { type: 'string', maxLength: -1 },
    ])
      expect(bothOf(schema).parts.makeStrict?.()).toBeUndefined();
  });

  test('where code may be generated only at start-up, the strict form says what is wrong', () => {
    const { parts } = bothOf(
      { type: 'object', properties: { name: { type: 'string', minLength: 2 }, age: { type: 'integer' } }, required: ['name'] },
      { unknown: 'strip' },
    );
    const compiled = new CompiledJsonSchema({
      ...parts,
      lazy: false,
      makeCheck: () => {
        throw new EvalError('no code generation');
      },
    });
    expect(compiled.check({ name: 'Ada' })).toEqual({ value: { name: 'Ada' } });
    expect(compiled.check({ name: 'Ada', extra: 1 })).toEqual({ value: { name: 'Ada' } });
    expect(compiled.check({})).toEqual({ issues: [{ pointer: '/name', rule: 'required', message: 'is required' }] });
    expect(compiled.check({ name: 'A' })).toEqual({
      issues: [{ pointer: '/name', rule: 'minLength', message: 'must have at least 2 characters', params: { limit: 2 } }],
    });
    expect(compiled.check({ name: 'Ada', age: 2 ** 60 }).issues?.map((issue) => issue.rule)).toEqual(['type']);
  });
});

test('the values of a query string, whose prototype is frozen and empty, take the strict form alone', () => {
  const { parts } = bothOf({ type: 'object', properties: { page: { type: 'integer' } } }, { coerce: true });
  const compiled = new CompiledJsonSchema({ ...parts, makeCheck: () => expect.fail('the whole schema was compiled') });
  const values = Object.assign(Object.create(Object.freeze(Object.create(null))) as object, { page: '2' });
  expect(compiled.check(values)).toEqual({ value: { page: 2 } });
});
