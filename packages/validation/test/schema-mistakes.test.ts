import { describe, expect, test } from 'vitest';
import { compile, createCompiler, SchemaError, type JsonSchema } from '../src/index.js';
import { check, codeOf, issuesOf } from './support.js';

const mistake = (schema: JsonSchema): SchemaError => {
  try {
    compile(schema);
  } catch (error) {
    if (error instanceof SchemaError) return error;
    throw error;
  }
  throw new Error('the schema was accepted');
};

describe('schemas that cannot be meant', () => {
  test('a keyword that does not exist is named with its place and cure', () => {
    const error = mistake({ type: 'object', properties: { name: { type: 'string', maxLenght: 3 } } });
    expect(error.code).toBe('VALIDATION_SCHEMA');
    expect(error.message).toBe('The schema at /properties/name/maxLenght has the keyword "maxLenght", which checks nothing.');
    expect(error.help).toContain('spelling');
    expect(error.pointer).toBe('/properties/name/maxLenght');
  });

  test('the name given to compile begins the message [VAL-09]', () => {
    expect(() => compile({ type: 'text' }, { name: 'body of POST /orders' })).toThrow(
      /^body of POST \/orders: The schema at \/type has the type "text"/,
    );
  });

  test.each([
    ['nullable', { type: 'string', nullable: true }],
    ['$dynamicRef', { $dynamicRef: '#x' }],
    ['a type that is none', { type: 'date' }],
    ['properties without type object', { properties: { a: {} } }],
    ['required: true on a property', { type: 'object', properties: { a: { type: 'string', required: true } } }],
    ['a minimum that is no number', { type: 'integer', minimum: '1' }],
    ['an empty enum', { enum: [] }],
    ['properties that is a list', { type: 'object', properties: [] }],
    ['a schema that is a text', { type: 'array', items: 'string' }],
    ['an old dialect', { $schema: 'http://json-schema.org/draft-04/schema#', type: 'string' }],
    ['a function in const', { const: () => 1 }],
    ['a property __proto__', JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as JsonSchema],
    ['an unreadable pattern', { type: 'string', pattern: '(' }],
  ])('%s is refused', (_what, schema) => expect(mistake(schema).code).toBe('VALIDATION_SCHEMA'));

  test('a schema object that holds itself is refused instead of read forever', () => {
    const schema: { [key: string]: unknown } = { type: 'object', properties: {} };
    (schema['properties'] as Record<string, unknown>)['self'] = schema;
    expect(codeOf(() => compile(schema))).toBe('VALIDATION_SCHEMA');
  });

  test('a required name that no properties declare is refused, unless a branch or the openness of the object declares it', () => {
    expect(mistake({ type: 'object', properties: { name: {} }, required: ['nmae'] })).toMatchObject({
      message: 'The schema at /required requires the property "nmae", which it does not declare.',
      help: 'Declare it under properties, or correct its name (declared: "name").',
    });
    for (const fine of [
      { type: 'object', required: ['a'] },
      { type: 'object', required: ['a'], properties: {}, additionalProperties: { type: 'string' } },
      { type: 'object', required: ['a'], patternProperties: { '^a$': {} } },
      { type: 'object', required: ['a'], anyOf: [{ properties: { a: { type: 'string' } } }, { properties: { a: { type: 'integer' } } }] },
      { type: 'object', properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      { type: 'object', properties: { a: {}, b: {} }, if: { required: ['a'] }, then: { required: ['b'] } },
    ] as const)
      expect(codeOf(() => compile(fine))).toBe('nothing thrown');
  });

  test('notes for other tools (x-…, title, examples) are allowed', () => {
    expect(check({ type: 'string', 'x-order': 1, title: 't', examples: ['a'], deprecated: true }, 'a').issues).toBeUndefined();
  });

  test('a pattern that a hostile text could keep busy is refused, unless patterns are trusted', () => {
    const schema = { type: 'string', pattern: '^(a+)+$', maxLength: 5 } as const;
    expect(codeOf(() => compile(schema))).toBe('VALIDATION_PATTERN');
    expect(codeOf(() => compile({ type: 'object', patternProperties: { '^(a|a)*$': {} } }))).toBe('VALIDATION_PATTERN');
    expect(codeOf(() => createCompiler({ patterns: 'trust' }).compile(schema))).toBe('nothing thrown');
  });
});

describe('formats', () => {
  test('an unknown format is refused with the known ones, and an own format is known', async () => {
    expect(codeOf(() => compile({ type: 'string', format: 'slug' }))).toBe('VALIDATION_FORMAT');
    const compiler = createCompiler({ formats: { slug: (text) => /^[a-z-]+$/.test(text) } });
    expect(await compiler.compile({ type: 'string', format: 'slug' }).check('Not A Slug')).toEqual({
      issues: [{ pointer: '', rule: 'format', message: 'must be of the format slug' }],
    });
  });

  test.each([
    ['uuid', '9b2fcb4e-3b1d-4c93-8b75-0b2b4f1f8a11', 'urn:uuid:9b2fcb4e-3b1d-4c93-8b75-0b2b4f1f8a11'],
    ['email', 'ada@example.com', 'ada@'],
    ['date', '2024-02-29', '2023-02-29'],
    ['date-time', '2026-01-31T13:45:00Z', '2026-01-31T13:45:00'],
    ['time', '13:45:00+02:00', '25:00:00Z'],
    ['uri', 'urn:isbn:1', 'no uri'],
    ['url', 'https://example.com/a?b#c', 'ftp://example.com'],
    ['url', 'http://localhost:3000', 'javascript:alert(1)'],
    ['hostname', 'example.com', '-a-'],
    ['ipv4', '127.0.0.1', '127.0.0.256'],
    ['ipv6', '::1', '::g'],
    ['duration', 'P3DT4H', 'P'],
    ['json-pointer', '/a/b~0', 'a'],
    ['byte', 'YQ==', '*'],
  ])('%s takes %j and refuses %j', (format, good, bad) => {
    expect(issuesOf({ type: 'string', format }, good)).toEqual([]);
    expect(issuesOf({ type: 'string', format }, bad)).toHaveLength(1);
  });
});
