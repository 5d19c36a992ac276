import fc from 'fast-check';
import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withJsonSchema } from '../src/valibot.js';
import { check, issuesOf } from './support.js';

const plain = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    address: { type: 'object', properties: { city: { type: 'string' } } },
    tags: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } },
  },
} as const;
const zod = z.object({
  name: z.string().optional(),
  address: z.object({ city: z.string().optional() }).optional(),
  tags: z.array(z.object({ id: z.int().optional() })).optional(),
});
const valibot = withJsonSchema(
  v.object({
    name: v.optional(v.string()),
    address: v.optional(v.looseObject({ city: v.optional(v.string()) })),
    tags: v.optional(v.array(v.object({ id: v.optional(v.number()) }))),
  }),
);
const ark = type({ 'name?': 'string', 'address?': { 'city?': 'string' }, 'tags?': type({ 'id?': 'number' }).array() });
const value = () => ({ name: 'Ada', extra: 1, address: { city: 'London', zip: 'x' }, tags: [{ id: 1, deep: [1] }, { id: 2 }] });

describe('properties that no schema declares', () => {
  test.each([
    ['JSON Schema', plain],
    ['zod', zod],
    ['arktype', ark],
  ])('%s: they are refused by default, at every depth [VAL-03]', (_kind, schema) => {
    expect(issuesOf(schema, value())).toEqual([
      '/extra unknown: is not a known property',
      '/address/zip unknown: is not a known property',
      '/tags/0/deep unknown: is not a known property',
    ]);
  });

  test.each([
    ['JSON Schema', plain],
    ['zod', zod],
    ['arktype', ark],
  ])('%s: strip gives a copy without them and leaves the original alone [VAL-03]', (_kind, schema) => {
    const given = value();
    expect(check(schema, given, { unknown: 'strip' }).value).toEqual({
      name: 'Ada',
      address: { city: 'London' },
      tags: [{ id: 1 }, { id: 2 }],
    });
    expect(given).toEqual(value());
  });

  test('keep lets them pass where the library does not drop them itself [VAL-03]', () => {
    expect(check(plain, value(), { unknown: 'keep' }).value).toEqual(value());
    expect(check(ark, value(), { unknown: 'keep' }).value).toEqual(value());
  });

  test('a library that opens an object (looseObject) keeps its keys even where unknown ones are refused', () => {
    expect(issuesOf(valibot, value())).toEqual([
      '/extra unknown: is not a known property',
      '/tags/0/deep unknown: is not a known property',
    ]);
  });

  test('additionalProperties: false refuses even where unknown keys are stripped; true keeps even where they are refused', () => {
    expect(issuesOf({ ...plain, additionalProperties: false }, value(), { unknown: 'strip' })).toEqual([
      '/extra unknown: is not a known property',
    ]);
    expect(check({ type: 'object', properties: {}, additionalProperties: true }, { a: { b: 1 } }).value).toEqual({ a: { b: 1 } });
  });

  test('an object schema that says nothing about keys takes every key', () => {
    expect(check({ type: 'object' }, { a: 1 }).issues).toBeUndefined();
    expect(issuesOf({ type: 'object', properties: {} }, { a: 1 })).toEqual(['/a unknown: is not a known property']);
  });

  test('a value that needs no change is given back as it is, not copied', () => {
    const given = { name: 'Ada' };
    expect(check(plain, given, { unknown: 'strip' }).value).toBe(given);
  });
});

describe('unknown properties where schemas are combined', () => {
  const allOf = {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' } } },
      { type: 'object', properties: { b: { type: 'integer' } } },
    ],
  } as const;
  const union = {
    anyOf: [
      { type: 'object', properties: { kind: { const: 'a' }, x: { type: 'integer' } }, required: ['kind'] },
      { type: 'object', properties: { kind: { const: 'b' }, y: { type: 'integer' } }, required: ['kind'] },
    ],
  } as const;

  test('allOf: a key is known if any part declares it', () => {
    expect(check(allOf, { a: 1, b: 2 }).issues).toBeUndefined();
    expect(issuesOf(allOf, { a: 1, c: 2 })).toEqual(['/c unknown: is not a known property']);
  });

  test('anyOf: only the branch the value fits counts, told by type, constants and required keys', () => {
    expect(issuesOf(union, { kind: 'a', y: 1 })).toEqual(['/y unknown: is not a known property']);
    expect(check(union, { kind: 'a', x: 1, y: 1 }, { unknown: 'strip' }).value).toEqual({ kind: 'a', x: 1 });
  });

  test('anyOf: a branch whose required keys are missing does not count', () => {
    const pay = {
      anyOf: [
        { type: 'object', properties: { card: {}, cvc: {} }, required: ['card'] },
        { type: 'object', properties: { iban: {} }, required: ['iban'] },
      ],
    } as const;
    expect(issuesOf(pay, { iban: 'x', cvc: '1' })).toEqual(['/cvc unknown: is not a known property']);
  });

  test('anyOf: where several branches fit, a key of any of them is known', () => {
    const loose = {
      anyOf: [
        { type: 'object', properties: { a: {} } },
        { type: 'object', properties: { b: {} } },
      ],
    } as const;
    expect(check(loose, { a: 1, b: 1 }).issues).toBeUndefined();
    expect(check(loose, { a: 1, c: 1 }, { unknown: 'strip' }).value).toEqual({ a: 1 });
  });

  test('properties beside a union, and unions inside $ref, are merged with the branch', () => {
    const beside = { type: 'object', properties: { id: { type: 'integer' } }, $ref: '#/$defs/u', $defs: { u: union } } as const;
    expect(check(beside, { id: 1, kind: 'b', y: 2 }).issues).toBeUndefined();
    expect(issuesOf(beside, { id: 1, kind: 'b', x: 2 })).toEqual(['/x unknown: is not a known property']);
  });

  test('if / then / else: keys of both are known', () => {
    const conditional = {
      type: 'object',
      properties: { a: { type: 'boolean' } },
      if: { properties: { a: { const: true } } },
      then: { properties: { b: {} } },
      else: { properties: { c: {} } },
    } as const;
    expect(check(conditional, { a: true, b: 1 }).issues).toBeUndefined();
    expect(issuesOf(conditional, { a: true, d: 1 })).toEqual(['/d unknown: is not a known property']);
  });
});

describe('keys that reach a prototype', () => {
  const poisoned = () => JSON.parse('{"name":"x","__proto__":{"admin":true}}') as unknown;

  test.each(['reject', 'strip', 'keep'] as const)(
    '__proto__ is refused with unknown: %s, in declared and in free objects [VAL-05]',
    (unknown) => {
      expect(issuesOf(plain, poisoned(), { unknown })).toEqual(['/__proto__ unknown: is a name that is never accepted']);
      expect(issuesOf({}, { a: [poisoned()] }, { unknown })).toEqual(['/a/0/__proto__ unknown: is a name that is never accepted']);
      expect(issuesOf({ type: 'object', additionalProperties: {} }, poisoned(), { unknown })).toEqual([
        '/__proto__ unknown: is a name that is never accepted',
      ]);
    },
  );

  test('constructor.prototype is refused, a declared property "constructor" is not', () => {
    const value = JSON.parse('{"constructor":{"prototype":{"admin":true}}}') as unknown;
    expect(issuesOf({}, value)).toEqual(['/constructor unknown: is a name that is never accepted']);
    expect(check({ type: 'object', properties: { constructor: { type: 'string' } } }, { constructor: 'Brunel' }).issues).toBeUndefined();
  });

  test('names that every object inherits are not there until they are sent', () => {
    const schema = {
      type: 'object',
      properties: { toString: { type: 'string' }, constructor: {} },
      required: ['toString', 'constructor'],
    } as const;
    expect(issuesOf(schema, {})).toEqual(['/toString required: is required', '/constructor required: is required']);
    expect(issuesOf(plain, { valueOf: 1 })).toEqual(['/valueOf unknown: is not a known property']);
  });
});

test('strip leaves exactly the declared keys of any value, and the value itself as it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('name', 'address', 'x', 'constructor', 'toString', 'hasOwnProperty', ''), fc.jsonValue()),
      (object) => {
        const schema = { type: 'object', properties: { name: {}, address: {} } } as const;
        const before = JSON.stringify(object);
        const poisoned = before.includes('__proto__');
        const { value: stripped } = check(schema, object, { unknown: 'strip', limits: false });
        expect(JSON.stringify(object)).toBe(before);
        if (!poisoned) expect(Object.keys(stripped as object).every((key) => key === 'name' || key === 'address')).toBe(true);
      },
    ),
  );
});
