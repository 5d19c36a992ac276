import { Type } from 'typebox';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSerializer, SerializeError, type Schema } from '../src/index.js';

const write = (schema: Schema, value: unknown): unknown => JSON.parse(compileSerializer(schema)(value));
const failure = (schema: Schema, value: unknown): string => {
  try {
    compileSerializer(schema)(value);
  } catch (error) {
    if (error instanceof SerializeError) return `${error.pointer} ${error.rule}`;
    throw error;
  }
  return 'written';
};
const user = {
  type: 'object',
  properties: { id: { type: 'integer' }, name: { type: 'string' }, nick: { type: ['string', 'null'] } },
  required: ['id', 'name'],
} as const;

describe('what leaves', () => {
  test('only declared properties are written, in declared order, at every depth [VAL-08]', () => {
    const schema = { type: 'object', properties: { users: { type: 'array', items: user }, total: { type: 'integer' } } } as const;
    const value = { total: 1, secret: 'x', users: [{ password: 'x', name: 'Ada', id: 1, toJSON: undefined }] };
    expect(compileSerializer(schema)(value)).toBe('{"users":[{"id":1,"name":"Ada"}],"total":1}');
  });

  test('undefined optional properties are left out, null ones written where null is declared', () => {
    expect(write(user, { id: 1, name: 'x', nick: undefined })).toEqual({ id: 1, name: 'x' });
    expect(write(user, { id: 1, name: 'x', nick: null })).toEqual({ id: 1, name: 'x', nick: null });
    expect(failure(user, { id: 1, name: null })).toBe('/name type');
  });

  test('maps write what their schema takes; an object that declares no keys writes every key', () => {
    expect(write({ type: 'object', additionalProperties: { type: 'integer' } }, { a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
    expect(failure({ type: 'object', additionalProperties: { type: 'integer' } }, { a: 'x' })).toBe('/a type');
    expect(write({ type: 'object', patternProperties: { '^x-': { type: 'string' } } }, { 'x-a': 'b', y: 1 })).toEqual({ 'x-a': 'b' });
    expect(write({ type: 'object' }, { a: { b: [1] } })).toEqual({ a: { b: [1] } });
    expect(write({ type: 'object', properties: {} }, { a: 1 })).toEqual({});
    expect(write({}, { a: [1, undefined, 'x'], b: undefined })).toEqual({ a: [1, null, 'x'] });
  });

  test('properties declared false are never written', () => {
    expect(failure({ type: 'object', properties: { a: false } }, { a: 1 })).toBe('/a type');
    expect(write({ type: 'object', properties: { a: false } }, {})).toEqual({});
  });

  test('dates become ISO text, or its date part where the format says so', () => {
    const schema = {
      type: 'object',
      properties: {
        at: { type: 'string', format: 'date-time' },
        day: { type: 'string', format: 'date' },
        hour: { type: 'string', format: 'time' },
      },
    } as const;
    const at = new Date('2026-01-31T13:45:00.000Z');
    expect(write(schema, { at, day: at, hour: at })).toEqual({ at: '2026-01-31T13:45:00.000Z', day: '2026-01-31', hour: '13:45:00.000Z' });
    expect(failure(schema, { at: new Date(NaN) })).toBe('/at format');
    expect(failure({ type: 'integer' }, at)).toBe(' type');
    expect(write({ anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] }, at)).toBe('2026-01-31T13:45:00.000Z');
  });

  test('bigints become numbers where that loses nothing', () => {
    expect(write({ type: 'integer' }, 5n)).toBe(5);
    expect(write({ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 5n)).toBe(5);
    expect(failure({ type: 'integer' }, 2n ** 60n)).toBe(' type');
    expect(failure({ type: 'string' }, 5n)).toBe(' type');
  });

  test('toJSON is obeyed, and what it gives is judged', () => {
    expect(write({ type: 'string' }, { toJSON: () => '1.50' })).toBe('1.50');
    expect(write(user, { toJSON: () => ({ id: 1, name: 'x', password: 'p' }) })).toEqual({ id: 1, name: 'x' });
    const again = { toJSON: (): unknown => again };
    expect(failure({}, again)).toBe(' type');
  });

  test('getters of a class are read; names every object inherits are not', () => {
    class Account {
      id = 1;
      get name() {
        return 'computed';
      }
    }
    expect(write(user, new Account())).toEqual({ id: 1, name: 'computed' });
    expect(write({ type: 'object', properties: { toString: { type: 'string' }, constructor: {} } }, {})).toEqual({});
  });
});

describe('what is refused', () => {
  test.each([
    ['a missing required property', user, { id: 1 }, '/name required'],
    ['a required property that is undefined', user, { id: 1, name: undefined }, '/name required'],
    ['a text for an integer', user, { id: '1', name: 'x' }, '/id type'],
    ['a fraction for an integer', { type: 'integer' }, 1.5, ' type'],
    ['NaN', { type: 'number' }, NaN, ' type'],
    ['Infinity', { type: 'array', items: { type: 'number' } }, [1, Infinity], '/1 type'],
    ['a value outside an enum', { enum: ['a', 'b'] }, 'c', ' enum'],
    ['another constant', { type: 'object', properties: { k: { const: 1 } } }, { k: 2 }, '/k const'],
    ['a function', {}, { f: () => 1 }, '/f type'],
    ['a symbol', {}, Symbol('x'), ' type'],
    ['nothing at all', user, undefined, ' type'],
    ['a Map', { type: 'object' }, new Map(), ' type'],
    ['too many items of a closed tuple', { type: 'array', prefixItems: [{ type: 'string' }], items: false }, ['a', 'b'], ' items'],
    ['an undeclared but required property that is missing', { type: 'object', required: ['x'] }, {}, '/x required'],
    ['__proto__ in a free object', {}, JSON.parse('{"a":{"__proto__":1}}') as unknown, '/a/__proto__ unknown'],
  ])('%s', (_what, schema, value, expected) => expect(failure(schema, value)).toBe(expected));

  test('the error says whose value it was, where, and not what it was', () => {
    const serialize = compileSerializer(user, { name: 'reply of GET /users/:id' });
    const thrown = (() => {
      try {
        serialize({ id: 'hunter2', name: 'x' });
      } catch (error) {
        return error;
      }
      return undefined;
    })() as SerializeError;
    expect(thrown.message).toBe('The value of reply of GET /users/:id cannot be written: /id must be an integer, got a string.');
    expect(thrown.code).toBe('VALIDATION_SERIALIZE');
    expect(thrown.help).not.toBe('');
  });

  test('values that contain themselves, or are very deep, end in an error and not in a crash', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(failure({}, loop)).toContain('limit');
    const tree = { $id: 'Tree', type: 'object', properties: { self: { $ref: '#' } } } as const;
    expect(failure(tree, loop)).toContain('limit');
    const maybe = { $id: 'Maybe', anyOf: [{ type: 'null' }, { type: 'object', properties: { self: { $ref: '#' } } }] } as const;
    expect(failure(maybe, loop)).toContain('limit');
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(failure({}, deep)).toContain('limit');
  });
});

describe('unions, references and merged schemas', () => {
  const shape = {
    oneOf: [
      { type: 'object', properties: { kind: { const: 'circle' }, r: { type: 'number' } }, required: ['kind', 'r'] },
      { type: 'object', properties: { kind: { const: 'square' }, side: { type: 'number' } }, required: ['kind', 'side'] },
      { type: 'null' },
    ],
  } as const;

  test('the branch is chosen by type and constants, and writes its own properties only', () => {
    expect(write(shape, { kind: 'square', side: 2, r: 5 })).toEqual({ kind: 'square', side: 2 });
    expect(write(shape, null)).toBe(null);
    expect(failure(shape, { kind: 'square', side: 'x' })).toBe('/side type');
    expect(failure(shape, { kind: 'line' })).toBe(' anyOf');
  });

  test('where several branches fit, the one that declares most of the value is written', () => {
    const loose = {
      anyOf: [
        { type: 'object', properties: { a: { type: 'integer' } } },
        { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } } },
      ],
    } as const;
    expect(write(loose, { a: 1, b: 2, c: 3 })).toEqual({ a: 1, b: 2 });
    expect(write(loose, { a: 1, b: 'no integer' })).toEqual({ a: 1 });
  });

  test('allOf writes what any part declares', () => {
    expect(
      write({ allOf: [user, { type: 'object', properties: { extra: { type: 'boolean' } } }] }, { id: 1, name: 'x', extra: true, no: 1 }),
    ).toEqual({ id: 1, name: 'x', extra: true });
  });

  test('recursive schemas are written to their end', () => {
    const tree = Type.Cyclic({ Node: Type.Object({ v: Type.Integer(), kids: Type.Array(Type.Ref('Node')) }) }, 'Node');
    expect(write(tree, { v: 1, x: 1, kids: [{ v: 2, x: 2, kids: [] }] })).toEqual({ v: 1, kids: [{ v: 2, kids: [] }] });
  });

  test('a value that fits none of many nested unions is refused in time', () => {
    const node = {
      $id: 'N',
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] } },
      $defs: {
        a: { type: 'object', properties: { next: { $ref: '#/properties/next' }, x: { type: 'integer' } } },
        b: { type: 'object', properties: { next: { $ref: '#/properties/next' }, y: { type: 'integer' } } },
      },
    } as const;
    let value: unknown = { next: 5 };
    for (let level = 0; level < 60; level++) value = { next: value };
    const start = performance.now();
    expect(failure(node, value)).not.toBe('written');
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

test('whatever is written can be read back and holds declared keys only', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: ['string', 'null'] }, b: { type: 'array', items: { type: 'object', properties: { c: {} } } } },
  } as const;
  const serialize = compileSerializer(schema);
  const objects = fc.record(
    {
      a: fc.option(fc.string({ unit: 'binary' })),
      b: fc.array(fc.record({ c: fc.jsonValue(), d: fc.anything() }, { requiredKeys: [] })),
      z: fc.anything(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(objects, (value) => {
      if (JSON.stringify(value.b ?? []).includes('__proto__')) return;
      const read = JSON.parse(serialize(value)) as { a?: unknown; b?: object[] };
      expect(Object.keys(read).every((key) => key === 'a' || key === 'b')).toBe(true);
      expect(read.a).toEqual(value.a);
      for (const item of read.b ?? []) expect(Object.keys(item).every((key) => key === 'c')).toBe(true);
    }),
  );
});

test('any value at all is either written or refused with a SerializeError', () => {
  const serializers = [{}, user, { type: 'array' }, { anyOf: [user, { type: 'string' }] }].map((schema) => compileSerializer(schema));
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
      }),
      (value) => {
        for (const serialize of serializers) {
          try {
            expect(() => JSON.parse(serialize(value)) as unknown).not.toThrow(SyntaxError);
          } catch (error) {
            expect(error).toBeInstanceOf(SerializeError);
          }
        }
      },
    ),
  );
});
