import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildShape } from './build-shape.js';
import { copySource } from './copy-source.js';
import { knownFormats } from './formats.js';
import { schemas, valuesFor } from '../test/random-schemas.js';
import { readSchema } from './read-schema.js';
import { SchemaRegistry } from './schema-registry.js';
import type { JsonSchema } from './schema.js';
import { createSerializer, createSerializerParts, type Serialize } from './serializer.js';
import type { Shape } from './shape.js';

const shapeOf = (schema: JsonSchema): Shape => {
  const registry = new SchemaRegistry();
  const read = readSchema(schema, { strict: true, formats: new Set(knownFormats().keys()), patterns: 'check' });
  registry.add(read);
  return buildShape(read, registry);
};
const outcome = (serialize: Serialize, value: unknown): string => {
  try {
    return serialize(value);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the generated copy', () => {
  test('of any schema writes the same text, or the same error, as the composed writers, for any value', () => {
    let generated = 0;
    fc.assert(
      fc.property(
        schemas.chain((schema) => fc.tuple(fc.constant(schema), fc.array(valuesFor(schema), { minLength: 5, maxLength: 5 }))),
        ([schema, values]) => {
          const parts = createSerializerParts(shapeOf(schema));
          if (parts.copy !== undefined) generated += 1;
          for (const value of values)
            expect(outcome(createSerializer(parts, 'it'), value)).toBe(
              outcome(createSerializer({ ...parts, copy: undefined }, 'it'), value),
            );
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 1_000) },
    );
    expect(generated).toBeGreaterThan(100);
  });

  test.each([
    '"]; evil(); ["',
    '"; evil(); "',
    "'",
    '\\',
    '\\"',
    '\n',
    '\r',
    '\u2028',
    '\u2029',
    '*/ evil(); /*',
    '`${evil()}`',
    '</script>',
    '\ud800',
    '',
    '0',
    'constructor',
    'toString',
    'hasOwnProperty',
    'toJSON',
    'p0',
    'v',
    'REFUSED',
    'default',
  ])('takes the property name and the enum value %j as text only', (name) => {
    (globalThis as { evil?: () => never }).evil = () => {
      throw new Error('code was injected');
    };
    const parts = createSerializerParts(
      shapeOf({
        type: 'object',
        properties: {
          [name]: { type: 'string', enum: [name] },
          list: { type: 'array', items: { type: 'object', properties: { [name]: {} } } },
        },
        required: [name],
      }),
    );
    expect(parts.copy).toBeDefined();
    const value = JSON.parse(JSON.stringify({ [name]: name, list: [{ [name]: 1, other: 2 }], other: 3 })) as unknown;
    expect(createSerializer(parts, undefined)(value)).toBe(JSON.stringify({ [name]: name, list: [{ [name]: 1 }] }));
    expect(outcome(createSerializer(parts, undefined), {})).toContain('is required');
    delete (globalThis as { evil?: unknown }).evil;
  });

  test('is not made for __proto__, which a literal would take for the prototype', () => {
    const shape = shapeOf({ type: 'object', properties: { a: { type: 'string' } } });
    shape.properties.set('__proto__', shapeOf({ type: 'string' }));
    expect(copySource(shape)).toBeUndefined();
  });

  test('where code may not be generated the composed writers write', () => {
    const real = globalThis.Function;
    globalThis.Function = function () {
      throw new EvalError('Code generation from strings disallowed for this context');
    } as unknown as FunctionConstructor;
    try {
      const parts = createSerializerParts(shapeOf({ type: 'object', properties: { a: { type: 'string' } } }));
      expect(parts.copy).toBeUndefined();
      expect(createSerializer(parts, undefined)({ a: 'x', b: 1 })).toBe('{"a":"x"}');
    } finally {
      globalThis.Function = real;
    }
  });

  test('dates, bigints and unions in a known object are written without a second pass', () => {
    const parts = createSerializerParts(
      shapeOf({
        type: 'object',
        properties: {
          at: { type: 'string', format: 'date' },
          n: { type: 'integer' },
          u: { anyOf: [{ type: 'integer' }, { type: 'boolean' }] },
        },
      }),
    );
    expect(parts.copy?.({ at: new Date(0), n: 5n, u: true }, 0)).toEqual({ at: '1970-01-01', n: 5, u: true });
  });

  test('an inherited toJSON, a Map and an object that holds itself are left to the writers', () => {
    const tree = createSerializerParts(
      shapeOf({ $id: 'Tree', type: 'object', properties: { size: { type: 'integer' }, self: { $ref: '#' } } }),
    );
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const serialize = createSerializer(tree, undefined);
    expect(outcome(serialize, loop)).toContain('deeper than 500 levels');
    expect(outcome(serialize, new Map())).toContain('is a Map');
    class Sized {
      size = 1;
      toJSON() {
        return { size: 2, secret: 3 };
      }
    }
    expect(serialize(new Sized())).toBe('{"size":2}');
    expect(serialize({ self: new Sized() })).toBe('{"self":{"size":2}}');
  });
});
