import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile, compileSerializer, isStandardSchema, toJsonSchema, type StandardSchemaV1 } from '../src/index.js';
import { withJsonSchema } from '../src/valibot.js';
import { check, codeOf, issuesOf } from './support.js';

const zod = z.object({ name: z.string().min(2), age: z.int().min(0).optional() });
const valibot = withJsonSchema(
  v.object({ name: v.pipe(v.string(), v.minLength(2)), age: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))) }),
);
const ark = type({ name: 'string >= 2', 'age?': 'number.integer >= 0' });
const libraries: [string, StandardSchemaV1][] = [
  ['zod', zod],
  ['valibot', valibot],
  ['arktype', ark],
];

describe.each(libraries)('%s', (_name, schema) => {
  test('a good value passes with the library’s output [VAL-02]', () => {
    expect(check(schema, { name: 'Ada', age: 36 })).toEqual({ value: { name: 'Ada', age: 36 } });
  });

  test('issues have JSON pointers, and a missing property is said to be required [VAL-02]', () => {
    expect(issuesOf(schema, { age: 1.5 }).map((issue) => issue.split(' ')[0])).toContain('/age');
    expect(issuesOf(schema, { age: 1 })).toEqual(['/name required: is required']);
  });

  test('a list where an object is declared is told as in JSON Schema', () => {
    const told = issuesOf(schema, []);
    expect(told).toEqual([' type: must be an object, got an array']);
  });

  test('the value stands in no message', () => {
    const text = JSON.stringify(issuesOf(schema, { name: 7_654_321, age: 'hunter2' }));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('7654321');
  });

  test('our limits hold before the library looks', () => {
    expect(issuesOf(schema, { name: 'x'.repeat(10_001) })).toEqual(['/name limit: must not have more than 10000 characters']);
  });

  test('it gives a JSON Schema, and its values are written with declared properties only', () => {
    expect(toJsonSchema(schema)).toMatchObject({
      type: 'object',
      properties: { name: { type: 'string', minLength: 2 } },
      required: ['name'],
    });
    expect(compileSerializer(schema)({ name: 'Ada', password: 'x' })).toBe('{"name":"Ada"}');
  });

  test('it is known as a Standard Schema', () => expect(isStandardSchema(schema)).toBe(true));
});

describe('what only libraries can do', () => {
  test('a rule that needs a promise is awaited [VAL-06]', async () => {
    const schema = z.object({ name: z.string().refine(async (name) => Promise.resolve(name !== 'taken'), 'is taken') });
    const compiled = compile(schema);
    expect(await compiled.check({ name: 'taken' })).toEqual({ issues: [{ pointer: '/name', rule: 'custom', message: 'is taken' }] });
    expect(await compiled.check({ name: 'free', x: 1 })).toEqual({
      issues: [{ pointer: '/x', rule: 'unknown', message: 'is not a known property' }],
    });
    expect(await compiled.check({ name: 'free' })).toEqual({ value: { name: 'free' } });
  });

  test('rules across fields and transformations are the library’s [VAL-06]', () => {
    const range = z
      .object({ from: z.int(), to: z.int() })
      .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' });
    expect(issuesOf(range, { from: 2, to: 1 })).toEqual(['/to custom: must not be before from']);
    expect(check(z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }), { at: '2026-01-31T00:00:00Z' }).value).toEqual({
      at: new Date('2026-01-31T00:00:00Z'),
    });
  });

  test('an author’s own message for a missing value is kept', () => {
    expect(issuesOf(z.object({ name: z.string({ error: 'tell us your name' }) }), {})).toEqual(['/name invalid_type: tell us your name']);
  });

  test('valibot rules without a JSON Schema, with a promise or not, are applied by valibot', async () => {
    const even = withJsonSchema(
      v.object({
        n: v.pipe(
          v.number(),
          v.minValue(1),
          v.check((n) => n % 2 === 0, 'must be even'),
        ),
        ip: v.optional(v.pipe(v.string(), v.ip())),
      }),
    );
    expect(issuesOf(even, { n: 3, ip: '1.1.1.1' })).toEqual(['/n check: must be even']);
    expect(toJsonSchema(even)).toMatchObject({ properties: { n: { type: 'number', minimum: 1 } } });
    const free = withJsonSchema(
      v.objectAsync({
        name: v.pipeAsync(
          v.string(),
          v.checkAsync(async (name) => Promise.resolve(name !== 'taken'), 'is taken'),
        ),
      }),
    );
    expect(await compile(free).check({ name: 'taken', x: 1 })).toMatchObject({
      issues: [
        { pointer: '/x', rule: 'unknown' },
        { pointer: '/name', rule: 'check', message: 'is taken' },
      ],
    });
    expect(await compile(free).check({ name: 'free' })).toEqual({ value: { name: 'free' } });
  });

  test('arktype’s messages are told without the name and the value it adds', () => {
    expect(issuesOf(type({ email: 'string.email', age: 'number >= 18' }), { email: 'hunter2', age: 3 })).toEqual([
      '/age min: must be at least 18',
      '/email pattern: must be an email address',
    ]);
  });

  test('unknown keys of a strict zod object are told once', () => {
    expect(issuesOf(z.strictObject({ a: z.int() }), { a: 1, b: 1 })).toEqual(['/b unknown: is not a known property']);
  });

  test('dates of zod, arktype and valibot are texts in their JSON Schema', () => {
    for (const schema of [z.object({ at: z.date() }), type({ at: 'Date' }), withJsonSchema(v.object({ at: v.date() }))]) {
      expect(toJsonSchema(schema, 'output')).toMatchObject({ properties: { at: { type: 'string', format: 'date-time' } } });
      expect(compileSerializer(schema)({ at: new Date(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
    }
  });

  test('input and output differ where the schema transforms', () => {
    const schema = z.object({ n: z.string().pipe(z.coerce.number()) });
    expect(toJsonSchema(schema, 'input')).toMatchObject({ properties: { n: { type: 'string' } } });
    expect(toJsonSchema(schema, 'output')).toMatchObject({ properties: { n: { type: 'number' } } });
  });

  test('recursive schemas of zod are followed', () => {
    const node = z.object({
      value: z.int(),
      get kids() {
        return z.array(node).optional();
      },
    });
    expect(check(node, { value: 1, kids: [{ value: 2 }] }).issues).toBeUndefined();
    expect(issuesOf(node, { value: 1, kids: [{ value: 2, extra: 1 }] })).toEqual(['/kids/0/extra unknown: is not a known property']);
  });
});

describe('schemas that give no JSON Schema', () => {
  test('plain valibot is refused with the wrapper as cure', () => {
    expect(codeOf(() => compile(v.object({ a: v.string() })))).toBe('VALIDATION_NO_JSON_SCHEMA');
    expect(() => compile(v.object({ a: v.string() }))).toThrow(
      expect.objectContaining({ help: expect.stringContaining('@plinth/validation/valibot') as string }),
    );
  });

  test.each([
    ['a bigint', z.object({ a: z.bigint() })],
    ['a map', z.map(z.string(), z.string())],
    ['a custom check', z.custom<string>(() => true)],
  ])('zod’s %s is refused', (_what, schema) => {
    expect(codeOf(() => compile(schema))).toBe('VALIDATION_NO_JSON_SCHEMA');
  });

  test('a transformation has no JSON Schema on its way out', () => {
    expect(codeOf(() => compileSerializer(z.object({ a: z.string().transform(Number) })))).toBe('VALIDATION_NO_JSON_SCHEMA');
  });
});
