import { describe, expect, expectTypeOf, test } from 'vitest';
import { env } from './env.js';
import type { Field } from './field.js';
import { Secret } from './secret.js';

function read<T>(field: Field<T>, input: unknown): T | string {
  const parsed = field.parse(input);
  return parsed.reason ?? (parsed as { value: T }).value;
}

describe('texts become values [CFG-04]', () => {
  test.each([
    ['true', true],
    ['TRUE', true],
    ['yes', true],
    ['on', true],
    ['1', true],
    ['false', false],
    ['False', false],
    ['no', false],
    ['off', false],
    ['0', false],
  ])('boolean %j is %j', (text, value) => expect(read(env.boolean('X'), text)).toBe(value));

  test('a boolean that is neither is refused', () =>
    expect(read(env.boolean('X'), 'maybe')).toBe('is "maybe", which is neither true nor false.'));

  test.each([
    ['42', 42],
    [' -7 ', -7],
    ['+3', 3],
  ])('integer %j is %j', (text, value) => expect(read(env.integer('X'), text)).toBe(value));

  test.each(['4.2', '0x10', '1e3', '9007199254740993', '12a', 'NaN'])('integer %j is refused', (text) =>
    expect(read(env.integer('X'), text)).toBe(`is "${text}", which is not a whole number.`),
  );

  test.each([
    ['4.25', 4.25],
    ['.5', 0.5],
    ['1e3', 1000],
    ['-2', -2],
  ])('number %j is %j', (text, value) => expect(read(env.number('X'), text)).toBe(value));

  test.each(['Infinity', 'NaN', '1,5', '', '1e999'])('number %j is refused', (text) =>
    expect(read(env.number('X'), text)).toContain('which is not a number'),
  );

  test('limits are inclusive and named', () => {
    const field = env.integer('X', { min: 1, max: 10 });
    expect(read(field, '1')).toBe(1);
    expect(read(field, '10')).toBe(10);
    expect(read(field, '11')).toBe('is "11", which is not from 1 to 10.');
  });

  test('a port is 0 to 65535', () => {
    expect(read(env.port('X'), '65535')).toBe(65_535);
    expect(read(env.port('X'), '65536')).toContain('not from 0 to 65535');
    expect(read(env.port('X'), '-1')).toContain('not from 0 to 65535');
  });

  test('a list drops blanks and empty items', () => {
    expect(read(env.list('X'), ' a, b ,,c ')).toEqual(['a', 'b', 'c']);
    expect(read(env.list('X', { separator: ';' }), 'a,b;c')).toEqual(['a,b', 'c']);
    expect(read(env.list('X', { of: ['a', 'b'] }), 'a,z')).toBe('holds "z", which is not a or b.');
    expect(read(env.list('X', { minItems: 2 }), 'a')).toBe('has 1 items; at least 2 are needed.');
  });

  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['2 d', 172_800_000],
    ['5min', 300_000],
    ['1w', 604_800_000],
    ['250', 250],
  ])('duration %j is %j ms', (text, value) => expect(read(env.duration('X'), text)).toBe(value));

  test.each(['10 years', '-5s', 's', '1h30'])('duration %j is refused', (text) =>
    expect(read(env.duration('X'), text)).toContain('is not a duration'),
  );

  test.each([
    ['512', 512],
    ['64KiB', 65_536],
    ['64 kb', 64_000],
    ['1.5MB', 1_500_000],
    ['1GiB', 1_073_741_824],
  ])('size %j is %j bytes', (text, value) => expect(read(env.bytes('X'), text)).toBe(value));

  test.each(['1.5', '1XB', '-1', 'MiB'])('size %j is refused', (text) => expect(read(env.bytes('X'), text)).toContain('is not a size'));

  test('a URL is absolute and of an allowed scheme', () => {
    expect(read(env.url('X'), 'https://example.com/a')).toEqual(new URL('https://example.com/a'));
    expect(read(env.url('X'), 'sqlite:./data.db')).toEqual(new URL('sqlite:./data.db'));
    expect(read(env.url('X', { protocols: ['https'] }), 'http://example.com')).toBe(
      'is "http://example.com/", which does not start with https:.',
    );
  });

  test('a refused URL shows no password', () => {
    expect(read(env.url('X', { protocols: ['postgres'] }), 'mysql://root:hunter2@db/shop')).toBe(
      'is "mysql://root:[redacted]@db/shop", which does not start with postgres:.',
    );
    expect(read(env.url('X'), 'postgres//root:hunter2@db')).toBe('is not an absolute URL (25 characters).');
  });

  test('one of several texts ignores case', () => {
    expect(read(env.oneOf('X', ['json', 'pretty']), 'JSON')).toBe('json');
    expect(read(env.oneOf('X', ['json', 'pretty']), 'xml')).toBe('is "xml", which is not json or pretty.');
  });

  test('a schema coerces texts and reads JSON where it asks for an object', () => {
    const limits = {
      type: 'object',
      properties: { perMinute: { type: 'integer' } },
      required: ['perMinute'],
      additionalProperties: false,
    } as const;
    expect(read(env.schema('X', { type: 'integer' } as const), '5')).toBe(5);
    expect(read(env.schema('X', limits), '{"perMinute": 5}')).toEqual({ perMinute: 5 });
    expect(read(env.schema('X', limits), '{"perMinute": "many"}')).toContain('/perMinute');
  });

  test('a text has its length and pattern checked', () => {
    expect(read(env.string('X', { minLength: 3 }), 'ab')).toBe('has 2 characters; at least 3 are needed.');
    expect(read(env.string('X', { pattern: /^[a-z]+$/g }), 'A1')).toBe('is "A1", which does not match /^[a-z]+$/g.');
  });
});

test('a value of a variable named like a secret is never repeated', () => {
  expect(read(env.integer('API_TOKEN'), 'hunter2')).toBe('is [hidden], which is not a whole number.');
});

test('a default that its own field would refuse is refused where it is written', () => {
  expect(() => env.port('PORT', { default: 70_000 })).toThrow(expect.objectContaining({ code: 'CORE_CONFIG_DEFAULT' }));
  expect(() => env.string('NO SUCH')).toThrow(expect.objectContaining({ code: 'CORE_CONFIG_DEFAULT' }));
  expect(env.duration('X', { default: '10s' }).defaults).toEqual({ production: 10_000, development: 10_000 });
});

test('the types of fields follow their options', () => {
  expectTypeOf(env.port('X')).toEqualTypeOf<Field<number>>();
  expectTypeOf(env.port('X', { optional: true })).toEqualTypeOf<Field<number | undefined>>();
  expectTypeOf(env.oneOf('X', ['a', 'b'])).toEqualTypeOf<Field<'a' | 'b'>>();
  expectTypeOf(env.secret('X')).toEqualTypeOf<Field<Secret>>();
  // @ts-expect-error a default must be one of the values
  expect(() => env.oneOf('X', ['a', 'b'], { default: 'c' })).toThrow();
});
