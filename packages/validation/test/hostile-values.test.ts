import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compile, createCompiler } from '../src/index.js';
import { check, issuesOf } from './support.js';

const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { kids: value };
  return value;
};
const within = <T>(milliseconds: number, run: () => T): T => {
  const start = performance.now();
  const result = run();
  expect(performance.now() - start).toBeLessThan(milliseconds);
  return result;
};
const tree = { $id: 'Tree', type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } } as const;

describe('values made to exhaust us', () => {
  test('50,000 levels are refused at the limit, by declared, free and library schemas', () => {
    const deep = nested(50_000);
    const node: z.ZodType = z.lazy(() => z.object({ kids: z.union([z.array(node), node]).optional() }));
    for (const schema of [{}, { type: 'array' }, tree, z.unknown(), z.array(z.any())]) {
      const issues = issuesOf(schema, schema === tree ? { kids: [{ kids: deep }] } : deep);
      expect(issues.length).toBeGreaterThan(0);
    }
    expect(issuesOf({}, deep)[0]).toContain('limit: must not have more than 128 levels of nesting');
    let chain: unknown = {};
    for (let level = 0; level < 50_000; level++) chain = { kids: [chain] };
    expect(issuesOf(tree, chain)[0]).toContain('levels of nesting');
    expect(issuesOf(tree, chain, { limits: false })[0]).toContain('more than 1000 levels');
    expect(issuesOf(node, chain)[0]).toContain('levels of nesting');
  });

  test('the depth can be set, and a value right at it passes', () => {
    expect(issuesOf({}, nested(5), { limits: { maxDepth: 5 } })).toEqual([]);
    expect(issuesOf({}, nested(6), { limits: { maxDepth: 5 } })).toHaveLength(1);
  });

  test('an object of a million keys gives one issue, soon', () => {
    const object: Record<string, number> = {};
    for (let index = 0; index < 1_000_000; index++) object[`k${index}`] = index;
    for (const schema of [{}, { type: 'object', properties: { a: {} } }, z.object({ a: z.string().optional() })]) {
      expect(within(10_000, () => issuesOf(schema, object)).length).toBeLessThanOrEqual(100);
    }
    expect(issuesOf({}, object)).toEqual([' limit: must not have more than 256 properties']);
  });

  test('a huge array gives one issue, soon, and only its declared maximum opens the gate', () => {
    const array = Array.from({ length: 1_000_000 }, (_, index) => index);
    expect(within(3_000, () => issuesOf({ type: 'array', items: { type: 'string' } }, array))).toEqual([
      ' limit: must not have more than 1000 items',
    ]);
    expect(within(10_000, () => issuesOf({ type: 'array', items: { type: 'string' }, maxItems: 2_000_000 }, array))).toEqual([
      '/0 type: must be a string',
    ]);
    expect(within(10_000, () => issuesOf({ type: 'array', items: { type: 'integer' }, maxItems: 2_000_000 }, array))).toEqual([]);
  });

  test('a long text is refused without a declared maximum, and counted by the declared one', () => {
    expect(issuesOf({ type: 'string' }, 'x'.repeat(10_001))).toEqual([' limit: must not have more than 10000 characters']);
    expect(issuesOf({ type: 'string', maxLength: 20_000 }, 'x'.repeat(15_000))).toEqual([]);
    expect(issuesOf({}, { a: ['x'.repeat(10_001)] })).toEqual(['/a/0 limit: must not have more than 10000 characters']);
    expect(issuesOf({ type: 'string' }, 'x'.repeat(100_000), { limits: false })).toEqual([]);
  });

  test('values that contain themselves are refused', () => {
    const loop: Record<string, unknown> = {};
    loop['kids'] = [loop];
    for (const schema of [{}, tree, z.any()]) expect(issuesOf(schema, loop)[0]).toContain('levels of nesting');
    expect(issuesOf({ type: 'array', uniqueItems: true, items: {} }, [loop, loop])[0]).toContain('levels of nesting');
  });

  test('a text made for backtracking is judged in time by every stock format', () => {
    const evil = [
      'a'.repeat(9_999),
      `${'a.'.repeat(4_999)}!`,
      `${'1:'.repeat(4_999)}!`,
      `http://${'a-'.repeat(4_990)}!`,
      `a@${'a-'.repeat(4_990)}!`,
      '%'.repeat(9_999),
    ];
    for (const format of [
      'email',
      'uri',
      'url',
      'uri-reference',
      'uri-template',
      'hostname',
      'ipv4',
      'ipv6',
      'date-time',
      'time',
      'duration',
      'uuid',
      'json-pointer',
      'byte',
      'iso-date-time',
    ]) {
      const compiled = compile({ type: 'string', format });
      for (const text of evil) within(3_000, () => void compiled.check(text));
    }
  });

  test('frozen values and values without prototype are checked as any other', () => {
    const bare = Object.freeze(Object.assign(Object.create(null) as object, { a: '1', x: 1 }));
    expect(check({ type: 'object', properties: { a: { type: 'integer' } } }, bare, { coerce: true, unknown: 'strip' }).value).toEqual({
      a: 1,
    });
  });
});

test('no value makes a check throw, and none is changed by it', async () => {
  const compiler = createCompiler();
  const schemas = [
    tree,
    {},
    {
      type: 'object',
      properties: { a: { anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'boolean' } }] } },
      additionalProperties: { type: 'string' },
    },
  ] as const;
  const compiled = schemas.flatMap((schema) =>
    (['reject', 'strip', 'keep'] as const).flatMap((unknown) =>
      [true, false].map((coerce) => compiler.compile(schema, { unknown, coerce })),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
      const before = JSON.stringify(value);
      for (const one of compiled) await one.check(value);
      expect(JSON.stringify(value)).toBe(before);
    }),
  );
});

test('what a check has passed passes it again, and a stripped value is stable', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'object', properties: { c: { type: ['boolean', 'null'] } } } },
  } as const;
  fc.assert(
    fc.property(
      fc.record(
        {
          a: fc.oneof(fc.integer().map(String), fc.integer()),
          b: fc.record({ c: fc.constantFrom('true', 'false', '', null), x: fc.string() }),
          y: fc.string(),
        },
        { requiredKeys: [] },
      ),
      (value) => {
        const once = check(schema, value, { coerce: true, unknown: 'strip' });
        expect(once.issues).toBeUndefined();
        expect(check(schema, once.value, { unknown: 'reject' })).toEqual({ value: once.value });
      },
    ),
  );
});
