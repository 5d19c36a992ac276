import { get, post } from '@plinth/http';
import type { Schema } from '@plinth/validation';
import { describe, expect, test } from 'vitest';
import { build } from './support/serve.js';

/** The problems that stop the boot of one route. */
async function problemsOf(body: Schema): Promise<readonly { code: string; message: string; help?: string }[]> {
  try {
    await using built = await build({ routes: [post('/things', { open: true, body, returns: { 204: null } }, () => undefined)] });
    void built;
    return [];
  } catch (error) {
    return (error as { problems: { code: string; message: string }[] }).problems;
  }
}

const inObject = (schema: object): Schema => ({ type: 'object', properties: { a: schema }, required: ['a'] });

describe('a schema that can never match stops the boot', () => {
  test.each([
    ['`enum` is empty', inObject({ enum: [] })],
    ['`const` is not of type string', inObject({ type: 'string', const: 1 })],
    ['no value of `enum` is of type integer', inObject({ type: 'integer', enum: ['1', 1.5] })],
    ['`const` is not in `enum`', inObject({ const: 'c', enum: ['a', 'b'] })],
    ['`minimum` is above `maximum`', inObject({ type: 'integer', minimum: 2, maximum: 1 })],
    ['`exclusiveMinimum` leaves nothing below `maximum`', inObject({ type: 'number', exclusiveMinimum: 1, maximum: 1 })],
    ['`minLength` is above `maxLength`', inObject({ type: 'string', minLength: 2, maxLength: 1 })],
    ['`minItems` is above `maxItems`', inObject({ type: 'array', items: {}, minItems: 2, maxItems: 1 })],
    ['"b" is required, but not declared', { type: 'object', properties: { a: {} }, required: ['b'], additionalProperties: false }],
    ['its type string contradicts integer', inObject({ allOf: [{ type: 'integer' }, { type: 'string' }] })],
    ['`enum` is empty', inObject({ anyOf: [{ enum: [] }, { type: 'string', const: 1 }] })],
  ])('%s: %j', async (reason, schema) => {
    const problems = await problemsOf(schema);
    const codes = problems.map(({ code }) => code);
    // What the compiler of schemas refuses itself is refused too, under its own code.
    expect(codes.some((code) => code === 'HTTP_SCHEMA_NEVER' || code === 'HTTP_SCHEMA')).toBe(true);
    const own = problems.find(({ code }) => code === 'HTTP_SCHEMA_NEVER');
    if (own === undefined) return;
    expect(own.message).toContain(reason);
    expect(own.message).toContain('POST /things');
    expect(own.help).toBeDefined();
  });

  test('at least the plain contradictions are found here', async () => {
    expect(await problemsOf(inObject({ type: 'integer', minimum: 2, maximum: 1 }))).toMatchObject([{ code: 'HTTP_SCHEMA_NEVER' }]);
    expect(await problemsOf(inObject({ allOf: [{ type: 'integer' }, { type: 'string' }] }))).toMatchObject([{ code: 'HTTP_SCHEMA_NEVER' }]);
  });

  test.each([
    { type: 'object', properties: { a: { not: {} } } },
    inObject({ type: ['string', 'null'], enum: ['a', null] }),
    inObject({ type: 'number', minimum: 1, maximum: 1 }),
    inObject({ allOf: [{ type: 'integer' }, { type: 'number', minimum: 1 }] }),
    inObject({ anyOf: [{ type: 'string', minLength: 1 }, { type: 'integer' }] }),
    inObject({ type: 'number', const: 1 }),
  ])('no false alarm: %j', async (schema) => {
    expect(await problemsOf(schema)).toEqual([]);
  });
});

describe('[RT-10] a pattern that can take exponential time stops the boot', () => {
  test.each(['^(a+)+$', '^(a*)*$', '(x+x?)+y', '^(\\d+,?)+$', '^([a-z]|[a-f])*$', '(?:\\w+\\s?)*$', '^((a{2,}))+$', '(a+)*(b)'])(
    '%s',
    async (pattern) => {
      const problems = await problemsOf(inObject({ type: 'string', pattern }));
      expect(problems).toMatchObject([{ code: 'HTTP_SCHEMA', message: expect.stringContaining('POST /things') }]);
      expect(problems[0]!.message).toContain('/properties/a/pattern');
    },
  );

  test.each([
    '^[a-z]+(-[a-z]+)*$',
    '^a+(,a+)*$',
    '^\\d{4}-\\d{2}-\\d{2}$',
    '^(a|b)*$',
    '^(?:[A-Z]{2})?\\d+$',
    '^(foo|bar)+$',
    '^\\p{L}+(?: \\p{L}+)*$',
    '^(?=.*\\d)(?=.*[a-z]).{8,}$',
    '^(\\d{1,3}\\.){3}\\d{1,3}$',
  ])('no false alarm: %s', async (pattern) => {
    expect(await problemsOf(inObject({ type: 'string', pattern }))).toEqual([]);
  });

  test('in a query too', async () => {
    const query = { type: 'object', properties: { q: { type: 'string', pattern: '^(a+)+$' } } } as const;
    await expect(build({ routes: [get('/x', { open: true, query, returns: { 204: null } }, () => undefined)] })).rejects.toMatchObject({
      problems: [{ code: 'HTTP_SCHEMA' }],
    });
  });
});
