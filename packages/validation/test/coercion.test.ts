import fc from 'fast-check';
import { type } from 'arktype';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile, type Schema } from '../src/index.js';
import { check, issuesOf } from './support.js';

const coerced = (schema: Schema, value: unknown): unknown => {
  const checked = check(schema, value, { coerce: true });
  return checked.issues === undefined ? checked.value : 'refused';
};

describe('texts turned into declared types', () => {
  test.each([
    ['integer', '42', 42],
    ['integer', '-7', -7],
    ['integer', '0', 0],
    ['integer', '-0', 0],
    ['integer', '9007199254740991', 9007199254740991],
    ['number', '1.5', 1.5],
    ['number', '-2e3', -2000],
    ['number', '0.1', 0.1],
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['null', '', null],
    ['string', '42', '42'],
    ['string', '', ''],
  ])('%s takes %j as %j [VAL-04]', (name, text, expected) => expect(coerced({ type: name }, text)).toBe(expected));

  test.each([
    ['integer', ''],
    ['integer', ' 1'],
    ['integer', '1 '],
    ['integer', '1e3'],
    ['integer', '0x10'],
    ['integer', '1.0'],
    ['integer', '+1'],
    ['integer', '007'],
    ['integer', '1_000'],
    ['integer', '9007199254740993'],
    ['integer', '١'],
    ['integer', 'true'],
    ['number', ''],
    ['number', 'NaN'],
    ['number', 'Infinity'],
    ['number', '1e999'],
    ['number', '.5'],
    ['number', '1.'],
    ['number', '12345678901234567890'],
    ['boolean', '1'],
    ['boolean', 'TRUE'],
    ['boolean', ''],
    ['boolean', 'on'],
    ['null', 'null'],
    ['object', '{}'],
  ])('%s refuses %j', (name, text) => expect(coerced({ type: name }, text)).toBe('refused'));

  test('an array is made of a single value, and its items are converted', () => {
    const list = { type: 'array', items: { type: 'integer' } } as const;
    expect(coerced(list, '7')).toEqual([7]);
    expect(coerced(list, ['7', '8'])).toEqual([7, 8]);
    expect(coerced({ type: ['array', 'string'], items: {} }, '7')).toBe('7');
    expect(issuesOf(list, ['7', 'x'], { coerce: true })).toEqual(['/1 type: must be an integer, got a string']);
  });

  test('in a union a text that fits as it is stays; otherwise the other types are tried', () => {
    const limit = { anyOf: [{ type: 'integer' }, { const: 'all' }] } as const;
    expect(coerced(limit, 'all')).toBe('all');
    expect(coerced(limit, '10')).toBe(10);
    expect(coerced({ anyOf: [{ type: 'integer' }, { type: 'string' }] }, '10')).toBe('10');
    expect(coerced({ type: ['integer', 'null'] }, '')).toBe(null);
    expect(coerced({ enum: [1, 2] }, '2')).toBe(2);
    expect(coerced({ enum: [1, 2] }, '3')).toBe('refused');
  });

  test('nothing is converted unless coerce is asked for', () => {
    expect(issuesOf({ type: 'integer' }, '1')).toEqual([' type: must be an integer, got a string']);
    expect(issuesOf({ type: 'array' }, '1')).toEqual([' type: must be an array, got a string']);
  });

  test('only texts are converted: a number is not made a text, nor true a number', () => {
    expect(coerced({ type: 'string' }, 5)).toBe('refused');
    expect(coerced({ type: 'integer' }, true)).toBe('refused');
  });

  test('schemas of libraries get the types their JSON Schema declares', () => {
    expect(
      coerced(z.object({ page: z.int().min(1), all: z.boolean().optional(), ids: z.array(z.number()) }), {
        page: '2',
        all: 'false',
        ids: '5',
      }),
    ).toEqual({ page: 2, all: false, ids: [5] });
    expect(coerced(type({ page: 'number.integer', 'q?': 'string' }), { page: '2', q: '3' })).toEqual({ page: 2, q: '3' });
  });

  test('the caller’s object stays as it was', () => {
    const query = Object.freeze({ page: '2', ids: Object.freeze(['1', '2']) });
    const schema = {
      type: 'object',
      properties: { page: { type: 'integer' }, ids: { type: 'array', items: { type: 'integer' } } },
    } as const;
    expect(coerced(schema, query)).toEqual({ page: 2, ids: [1, 2] });
    expect(query).toEqual({ page: '2', ids: ['1', '2'] });
  });
});

describe('defaults', () => {
  const schema = {
    type: 'object',
    properties: {
      size: { type: 'integer', default: 20 },
      tags: { type: 'array', default: [] },
      in: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
    },
  } as const;

  test('absent properties get their default, on a copy, a fresh one each time', async () => {
    const given = Object.freeze({ in: Object.freeze({}) });
    const compiled = compile(schema);
    const first = await compiled.check(given);
    expect(first.value).toEqual({ size: 20, tags: [], in: { a: 'x' } });
    (first.value as { tags: unknown[] }).tags.push(1);
    expect((await compiled.check(given)).value).toEqual({ size: 20, tags: [], in: { a: 'x' } });
    expect(given).toEqual({ in: {} });
  });

  test('a property that is there keeps its value, and an absent whole value gets its default', () => {
    expect(check(schema, { size: 5, tags: [] }).value).toEqual({ size: 5, tags: [] });
    expect(check({ type: 'integer', default: 3 }, undefined).value).toBe(3);
  });

  test('a required property with a default may be left out', () => {
    expect(check({ type: 'object', properties: { a: { type: 'integer', default: 1 } }, required: ['a'] }, {}).value).toEqual({ a: 1 });
  });
});

test('an integer text is either refused or read as the very number it says', () => {
  const near = fc.oneof(fc.string(), fc.bigInt().map(String), fc.double().map(String), fc.stringMatching(/^[-+ 0-9.eExX_]{0,20}$/));
  fc.assert(
    fc.property(near, (text) => {
      const value = coerced({ type: 'integer' }, text);
      if (value === 'refused') return;
      expect(Number.isSafeInteger(value)).toBe(true);
      expect(String(value)).toBe(text === '-0' ? '0' : text);
    }),
  );
});
