import fc from 'fast-check';
import type { JsonSchema } from '../src/index.js';

const NAMES = ['a', 'b', 'c', 'kind', 'toString', 'constructor', '"]; evil(); ["', "it's\n`${x}`", '\u2028*/'] as const;
const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
  fc.record(
    { type: fc.constant('string'), minLength: fc.nat(3), maxLength: fc.integer({ min: 2, max: 8 }), default: fc.constant('d') },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { type: fc.constant('integer'), minimum: fc.integer({ min: -2, max: 2 }), default: fc.constant(1) },
    { requiredKeys: ['type'] },
  ),
  fc.constantFrom<JsonSchema>(
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
    { type: ['string', 'null'] },
    { type: ['integer', 'string'] },
    { type: 'string', format: 'date-time' },
  ),
  fc.constantFrom<JsonSchema>(
    { enum: ['x', 'yy'] },
    { enum: ['x', null, 1] },
    { const: 'x' },
    { type: 'integer', enum: ['x'] },
    { enum: [...'abcdefghijx'] },
    {},
  ),
);

/** Schemas of every form the fast paths treat, and of some they leave alone. */
export const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ node: JsonSchema; object: JsonSchema }>((tie) => ({
  object: fc
    .record({
      properties: fc.dictionary(fc.constantFrom(...NAMES), tie('node'), { maxKeys: 4 }),
      mode: fc.constantFrom('silent', 'closed', 'closed', 'open'),
      needed: fc.array(fc.nat(5), { maxLength: 2 }),
    })
    .map(({ properties, mode, needed }) => ({
      type: 'object',
      properties,
      required: [...new Set(needed.map((index) => Object.keys(properties)[index]).filter((name) => name !== undefined))],
      ...(mode !== 'silent' && { additionalProperties: mode === 'open' ? { type: 'integer' } : false }),
    })),
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    tie('object'),
    tie('node').map((items) => ({ type: 'array', items })),
    tie('node').map((items) => ({ type: 'array', items, minItems: 1, maxItems: 3 })),
    tie('node').map((first) => ({ type: 'array', prefixItems: [first], items: false })),
    tie('object').map((object) => ({ anyOf: [object, { type: 'null' }] })),
    fc.tuple(tie('node'), tie('object')).map((branches) => ({ oneOf: branches })),
    fc.tuple(tie('object'), tie('object')).map(([left, right]) => ({ anyOf: [left, right] })),
    tie('object').map((object) => ({ allOf: [object, { type: 'object', properties: { extra: { type: 'integer' } } }] })),
  ),
})).node;

/** Flat objects: what paths, queries and headers are read by. */
export const flatSchemas: fc.Arbitrary<JsonSchema> = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'c', 'kind'),
    scalar.filter((schema) => Object.keys(schema).length > 0),
    { minKeys: 1, maxKeys: 4 },
  )
  .map((properties) => ({ type: 'object', properties }));

/** The same object with its numbers and booleans as the texts that a query has. */
export function asTexts(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, typeof item === 'number' || typeof item === 'boolean' ? String(item) : item]),
  );
}

const leaf = fc.constantFrom<unknown>(
  'x',
  'yy',
  'abc',
  '',
  '12',
  '-3',
  'true',
  '\u{1F600}\u{1F600}\u{1F600}',
  '2026-01-31T13:45:00Z',
  0,
  1,
  -1,
  2.5,
  NaN,
  2 ** 60,
  true,
  false,
  null,
  undefined,
  5n,
  new Date(0),
  new Map(),
  'y'.repeat(12),
);

/** Values that fit such schemas often, and miss them in every way. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES, 'extra', '__proto__', 'toJSON'), tie('value'), { maxKeys: 5 }),
    fc
      .dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3 })
      .map((fields) => Object.assign(Object.create({ a: 'x', b: 1 }) as object, fields)),
  ),
})).value;

/** Mostly what the schema asks for, so that good values are common; the rest is anything. */
export function valuesFor(schema: JsonSchema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 1, arbitrary: values }, { weight: 6, arbitrary: fitting(schema) });
}

function fitting(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { type, properties, required, items, prefixItems } = schema as {
    type?: unknown;
    properties?: Record<string, JsonSchema>;
    required?: string[];
    items?: JsonSchema;
    prefixItems?: JsonSchema[];
  };
  const branches = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (branches !== undefined) return fc.oneof(...branches.map(fitting));
  if (schema['allOf'] !== undefined) return fitting((schema['allOf'] as JsonSchema[])[0] as JsonSchema);
  if (properties !== undefined) {
    const fields = fc.record(Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, fitting(child)])), {
      requiredKeys: required ?? [],
    });
    return fc
      .tuple(fields, fc.option(values, { freq: 12, nil: undefined }))
      .map(([object, extra]) => (extra === undefined ? object : { ...object, extra }));
  }
  if (prefixItems !== undefined) return fc.tuple(...prefixItems.map(fitting));
  if (type === 'array') return fc.array(fitting(items ?? {}), { maxLength: 3 });
  if ('enum' in schema) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (type === 'string') return fc.constantFrom<unknown>('abc', 'yy', '\u{1F600}\u{1F600}', new Date(0));
  if (type === 'integer') return fc.constantFrom<unknown>(1, 2, 0, '3', 7n);
  return leaf;
}
