import { Type } from 'typebox';
import { Type as Type034 } from '@sinclair/typebox';
import { describe, expect, test } from 'vitest';
import { check, issuesOf } from './support.js';

const order = {
  type: 'object',
  properties: {
    quantity: { type: 'integer', minimum: 1, maximum: 99 },
    email: { type: 'string', format: 'email' },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', properties: { 'a/b~c': { type: 'string', minLength: 3 } }, required: ['a/b~c'] },
    },
    state: { enum: ['open', 'closed'] },
  },
  required: ['quantity', 'email'],
} as const;

describe('issues of a JSON Schema', () => {
  test('every issue is told at once, each with its JSON pointer, rule and sentence [VAL-01]', () => {
    expect(issuesOf(order, { quantity: 0, email: 'x', lines: [{ 'a/b~c': 'xy' }, {}], state: 'lost' })).toEqual([
      '/quantity minimum: must be at least 1',
      '/email format: must be an e-mail address',
      '/lines/0/a~1b~0c minLength: must have at least 3 characters',
      '/lines/1/a~1b~0c required: is required',
      '/state enum: must be one of "open", "closed"',
    ]);
  });

  test('a missing property is pointed at itself', () => {
    expect(issuesOf(order, {})).toEqual(['/quantity required: is required', '/email required: is required']);
  });

  test('a wrong type is told with the kind that came, never the value', () => {
    expect(issuesOf(order, { quantity: 'hunter2', email: 5 })).toEqual([
      '/quantity type: must be an integer from 1 to 99, got a string',
      '/email type: must be a string, got a number',
    ]);
  });

  test('the value of a refused text stands in no issue', () => {
    const secret = {
      type: 'object',
      properties: { password: { type: 'string', minLength: 20, pattern: '^[0-9]+$', format: 'uuid', enum: ['x'] } },
    } as const;
    expect(JSON.stringify(check(secret, { password: 'hunter2' }).issues)).not.toContain('hunter2');
  });

  test('a limit is given in params for those who translate', () => {
    expect(check({ type: 'string', maxLength: 2 }, 'abc').issues).toEqual([
      { pointer: '', rule: 'maxLength', message: 'must have at most 2 characters', params: { limit: 2 } },
    ]);
  });

  test('at most a hundred issues are collected', () => {
    const list = { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } } as const;
    expect(
      check(
        list,
        Array.from({ length: 900 }, () => ({})),
      ).issues,
    ).toHaveLength(100);
  });

  test.each([
    [{ type: 'number', exclusiveMinimum: 0 }, 0, ' exclusiveMinimum: must be greater than 0'],
    [{ type: 'number', exclusiveMaximum: 5 }, 5, ' exclusiveMaximum: must be less than 5'],
    [{ type: 'integer' }, 1.5, ' type: must be an integer, got a fractional number'],
    [{ type: 'number' }, NaN, ' type: must be a number, got no finite number'],
    [{ type: 'number', multipleOf: 5 }, 7, ' multipleOf: must be a multiple of 5'],
    [{ type: 'array', uniqueItems: true }, [1, 2, 1], ' uniqueItems: must not hold the same item twice (items 0 and 2 are equal)'],
    [{ type: 'array', contains: { type: 'integer' } }, ['a'], ' contains: must hold at least 1 item of the declared form'],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: false }, ['a', 'b'], ' items: must have at most 1 item'],
    [{ type: 'object', minProperties: 1 }, {}, ' minProperties: must have at least 1 property'],
    [{ const: 'yes' }, 'no', ' const: must be "yes"'],
    [{ type: ['string', 'null'] }, 3, ' type: must be a string or null, got a number'],
    [{ not: {} }, 3, ' not: must not have the excluded form'],
    [
      { type: 'object', properties: { a: {}, b: {} }, dependentRequired: { a: ['b'] } },
      { a: 1 },
      '/b dependentRequired: is required when a is there',
    ],
    [
      { type: 'object', propertyNames: { maxLength: 2, type: 'string' }, additionalProperties: true },
      { abc: 1 },
      '/abc propertyNames: is not an allowed property name',
    ],
    [{ type: 'integer' }, 2 ** 53, ' type: must be an integer between -9007199254740991 and 9007199254740991'],
    [{ type: 'object' }, undefined, ' type: must be an object, got nothing'],
  ])('%j tells %j: %s', (schema, value, expected) => expect(issuesOf(schema, value)).toContain(expected));
});

test('a broken condition is told by what it asks for, not by itself', () => {
  const conditional = {
    type: 'object',
    properties: { a: { type: 'boolean' }, b: {} },
    if: { required: ['a'] },
    then: { required: ['b'] },
  } as const;
  expect(issuesOf(conditional, { a: true })).toEqual(['/b required: is required']);
});

describe('issues of unions', () => {
  const shape = {
    oneOf: [
      { type: 'object', properties: { kind: { const: 'circle' }, r: { type: 'number' } }, required: ['kind', 'r'] },
      { type: 'object', properties: { kind: { const: 'square' }, side: { type: 'number' } }, required: ['kind', 'side'] },
    ],
  } as const;

  test('only the branch that was meant, by its constant property, is talked about', () => {
    expect(issuesOf(shape, { kind: 'square', side: 'x' })).toEqual(['/side type: must be a number, got a string']);
  });

  test('a union of plain types is told in one sentence', () => {
    expect(issuesOf({ anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] }, true)).toEqual([
      ' anyOf: must be a string, an integer or null',
    ]);
  });

  test('a union of constants lists them', () => {
    expect(issuesOf({ anyOf: [{ const: 'a' }, { const: 'b' }] }, 'c')).toEqual([' anyOf: must be one of "a", "b"']);
  });

  test('a value meant for no branch, or for several, gets one issue at the place of the union', () => {
    expect(issuesOf(shape, { kind: 'line' })).toEqual([' oneOf: must have one of the 2 declared forms']);
    expect(issuesOf({ oneOf: [{ type: 'integer' }, { type: 'number' }] }, 1)).toEqual([
      ' oneOf: must have exactly one of the declared forms, but has several',
    ]);
  });

  test('branches behind $ref are told apart as well', () => {
    const byRef = {
      $defs: {
        cat: { type: 'object', properties: { is: { const: 'cat' }, lives: { type: 'integer' } }, required: ['is'] },
        dog: { type: 'object', properties: { is: { const: 'dog' } }, required: ['is'] },
      },
      anyOf: [{ $ref: '#/$defs/cat' }, { $ref: '#/$defs/dog' }],
    } as const;
    expect(issuesOf(byRef, { is: 'cat', lives: 'nine' })).toEqual(['/lives type: must be an integer, got a string']);
  });
});

describe('both generations of TypeBox', () => {
  test.each([
    [
      '1.x',
      Type.Object({
        id: Type.Integer(),
        pair: Type.Tuple([Type.String(), Type.Number()]),
        kind: Type.Union([Type.Literal('a'), Type.Null()]),
        map: Type.Optional(Type.Record(Type.String(), Type.Number())),
      }),
    ],
    [
      '0.34',
      Type034.Object({
        id: Type034.Integer(),
        pair: Type034.Tuple([Type034.String(), Type034.Number()]),
        kind: Type034.Union([Type034.Literal('a'), Type034.Null()]),
        map: Type034.Optional(Type034.Record(Type034.String(), Type034.Number())),
      }),
    ],
  ])('TypeBox %s objects, tuples, unions and records are checked', (_version, schema) => {
    expect(check(schema, { id: 1, pair: ['a', 2], kind: null, map: { x: 1 } }).issues).toBeUndefined();
    const issues = issuesOf(schema, { id: 1, pair: ['a', 2, 3], kind: 'b', map: { x: 'y' } });
    expect(issues).toContain('/pair items: must have at most 2 items');
    expect(issues).toContain('/kind anyOf: must have one of the 2 declared forms');
    expect(issues).toContain('/map/x type: must be a number, got a string');
  });

  test('recursive types of both work', () => {
    const node1 = Type.Cyclic({ Node: Type.Object({ kids: Type.Array(Type.Ref('Node')) }) }, 'Node');
    const node034 = Type034.Recursive((This) => Type034.Object({ kids: Type034.Array(This) }));
    for (const schema of [node1, node034]) {
      expect(check(schema, { kids: [{ kids: [] }] }).issues).toBeUndefined();
      expect(issuesOf(schema, { kids: [{ kids: 1 }] })).toEqual(['/kids/0/kids type: must be an array, got a number']);
    }
  });
});
