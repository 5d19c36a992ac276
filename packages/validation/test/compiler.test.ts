import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import * as entry from '../src/index.js';
import * as valibotEntry from '../src/valibot.js';
import { compile, createCompiler, toJsonSchema, VALIDATION_CODES } from '../src/index.js';
import { codeOf } from './support.js';

const page = () => ({ type: 'object', properties: { size: { type: 'integer' } } }) as const;

describe('one compiler for an application', () => {
  test('identical schemas compile once, by identity and by content', () => {
    const compiler = createCompiler();
    const first = compiler.compile(page());
    expect(compiler.compile(page())).toBe(first);
    expect(compiler.compile({ properties: { size: { type: 'integer' } }, type: 'object' })).toBe(first);
    expect(compiler.compile(page(), { coerce: true })).not.toBe(first);
    const zod = z.object({ a: z.string() });
    expect(compiler.compile(zod)).toBe(compiler.compile(zod));
  });

  test('library schemas of equal JSON Schema are kept apart: their own rules may differ', async () => {
    const compiler = createCompiler();
    const even = compiler.compile(z.number().refine((n) => n % 2 === 0));
    const odd = compiler.compile(z.number().refine((n) => n % 2 === 1));
    expect((await even.check(2)).issues).toBeUndefined();
    expect((await odd.check(2)).issues).toHaveLength(1);
  });

  test('its settings are the defaults of every schema', async () => {
    const compiler = createCompiler({ unknown: 'strip', limits: { maxLength: 3 } });
    expect(await compiler.compile({ type: 'object', properties: { a: { type: 'string' } } }).check({ a: 'abc', b: 1 })).toEqual({
      value: { a: 'abc' },
    });
    expect((await compiler.compile({ type: 'string' }).check('abcd')).issues).toHaveLength(1);
  });

  test('lazily, the generator waits for the first value, but references and formats are judged at once', async () => {
    const compiler = createCompiler({ lazy: true });
    expect(await compiler.compile(page()).check({ size: 'x' })).toEqual({
      issues: [{ pointer: '/size', rule: 'type', message: 'must be an integer, got a string' }],
    });
    expect(codeOf(() => compiler.compile({ $ref: '#/$defs/no' }))).toBe('VALIDATION_REF');
    expect(codeOf(() => compiler.compile({ type: 'string', format: 'no' }))).toBe('VALIDATION_FORMAT');
  });

  test('a schema is not changed by compiling it', () => {
    const schema = Object.freeze({
      type: 'object',
      properties: Object.freeze({ t: Object.freeze({ type: 'array', items: Object.freeze([Object.freeze({ type: 'string' })]) }) }),
    });
    const before = JSON.stringify(schema);
    compile(schema);
    expect(JSON.stringify(schema)).toBe(before);
  });

  test('the JSON Schema a caller can read is the author’s, with its titles and $ids', () => {
    expect(compile({ $id: 'Age', type: 'integer', title: 'Age', 'x-unit': 'years' }).jsonSchema).toEqual({
      $id: 'Age',
      type: 'integer',
      title: 'Age',
      'x-unit': 'years',
    });
    expect(toJsonSchema(z.object({ a: z.string() }))).toMatchObject({ type: 'object', required: ['a'] });
  });
});

test('three hundred different schemas compile in reasonable time', () => {
  const compiler = createCompiler();
  const start = performance.now();
  for (let index = 0; index < 300; index++)
    compiler.compile({
      type: 'object',
      properties: { [`p${index}`]: { type: 'string', minLength: 1 }, list: { type: 'array', items: { type: 'integer' } } },
    });
  expect(performance.now() - start).toBeLessThan(12_000);
});

test('the exported names are these', () => {
  expect(Object.keys(entry).sort()).toMatchInlineSnapshot(`
    [
      "SchemaError",
      "SerializeError",
      "VALIDATION_CODES",
      "compile",
      "compileSerializer",
      "createCompiler",
      "defineSchema",
      "isStandardSchema",
      "toJsonSchema",
    ]
  `);
  expect(Object.keys(valibotEntry)).toEqual(['withJsonSchema']);
});

test('every code has its page', () => {
  const pages = new URL('../../../docs/reference/errors/', import.meta.url);
  for (const code of VALIDATION_CODES) expect(readFileSync(new URL(`${code}.md`, pages), 'utf8')).toMatch(new RegExp(`^# ${code}\n`));
  expect(
    readdirSync(pages)
      .filter((file) => file.startsWith('VALIDATION_'))
      .sort(),
  ).toEqual(VALIDATION_CODES.map((code) => `${code}.md`).sort());
});
