import { describe, expect, test } from 'vitest';
import { compile, createCompiler } from '../src/index.js';
import { check, codeOf, issuesOf } from './support.js';

const user = { $id: 'User', type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } as const;
const post = {
  $id: 'https://example.com/post.json',
  type: 'object',
  properties: { author: { $ref: '/User' }, title: { type: 'string' } },
} as const;

describe('$ref and $id', () => {
  test('a schema added to the compiler is referred to by its $id from many others', async () => {
    const compiler = createCompiler();
    compiler.add(user);
    const list = compiler.compile({ type: 'array', items: { $ref: 'User' } });
    const pair = compiler.compile({ type: 'object', properties: { a: { $ref: 'User' }, b: { $ref: 'User#/properties/name' } } });
    expect((await list.check([{ name: 1 }])).issues?.[0]?.pointer).toBe('/0/name');
    expect((await pair.check({ a: { name: 'x' }, b: 1 })).issues?.[0]?.pointer).toBe('/b');
    expect((await list.check([{ name: 'x', extra: 1 }])).issues?.[0]?.pointer).toBe('/0/extra');
  });

  test('a schema compiled with an $id is known to those compiled after it', async () => {
    const compiler = createCompiler();
    compiler.compile(user);
    expect(await compiler.compile({ $ref: 'User' }).check({ name: 'x' })).toEqual({ value: { name: 'x' } });
  });

  test('the same $id twice with the same content is fine, with another it is refused', () => {
    const compiler = createCompiler();
    compiler.add(user);
    compiler.compile({ ...user });
    expect(codeOf(() => compiler.compile({ $id: 'User', type: 'string' }))).toBe('VALIDATION_DUPLICATE_ID');
  });

  test('one compiler knows nothing of another', () => {
    createCompiler().add(user);
    expect(codeOf(() => createCompiler().compile({ $ref: 'User' }))).toBe('VALIDATION_REF');
  });

  test('$defs, anchors, and $ids inside a schema are found', () => {
    const schema = {
      $defs: { id: { type: 'integer' }, named: { $anchor: 'here', type: 'string' }, other: { $id: 'Other', type: 'boolean' } },
      type: 'object',
      properties: { a: { $ref: '#/$defs/id' }, b: { $ref: '#here' }, c: { $ref: 'Other' } },
    } as const;
    expect(check(schema, { a: 1, b: 'x', c: true }).issues).toBeUndefined();
    expect(issuesOf(schema, { a: 'x', b: 1, c: 1 }).map((issue) => issue.slice(0, 7))).toEqual(['/a type', '/b type', '/c type']);
  });

  test('keywords beside a $ref count too', () => {
    expect(issuesOf({ $defs: { n: { type: 'integer' } }, $ref: '#/$defs/n', minimum: 3 }, 2)).toEqual([' minimum: must be at least 3']);
  });

  test('a recursive schema checks every level', () => {
    const tree = {
      $id: 'Tree',
      type: 'object',
      properties: { value: { type: 'integer' }, kids: { type: 'array', items: { $ref: '#' } } },
    } as const;
    expect(issuesOf(tree, { kids: [{ kids: [{ value: 'x' }, { unknown: 1 }] }] })).toEqual([
      '/kids/0/kids/1/unknown unknown: is not a known property',
      '/kids/0/kids/0/value type: must be an integer, got a string',
    ]);
  });

  test('a reference to another host is refused and nothing is fetched', () => {
    expect(codeOf(() => compile({ $ref: 'https://example.com/user.json' }))).toBe('VALIDATION_REMOTE_REF');
    expect(codeOf(() => compile({ $id: 'https://example.com/a.json', $ref: 'b.json' }))).toBe('VALIDATION_REMOTE_REF');
  });

  test('a reference with a host is followed where the schema is known', async () => {
    const compiler = createCompiler();
    compiler.add({ ...user, $id: 'https://example.com/User' });
    expect((await compiler.compile(post).check({ author: { name: 1 } })).issues?.[0]?.pointer).toBe('/author/name');
  });

  test.each([['#/$defs/missing'], ['#nowhere'], ['Missing'], ['#/required']])('a reference that leads nowhere (%s) is refused', ($ref) => {
    expect(codeOf(() => compile({ type: 'object', required: ['a'], properties: { a: { $ref } } }))).toBe('VALIDATION_REF');
  });

  test('references in a circle that say nothing are refused', () => {
    expect(codeOf(() => compile({ $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }))).toBe(
      'VALIDATION_SCHEMA',
    );
    expect(codeOf(() => compile({ $ref: '#' }))).toBe('VALIDATION_SCHEMA');
  });

  test('a union that refers to itself compiles and ends', () => {
    const json = {
      $id: 'Json',
      anyOf: [
        { type: 'string' },
        { type: 'number' },
        { type: 'array', items: { $ref: '#' } },
        { type: 'object', additionalProperties: { $ref: '#' } },
      ],
    } as const;
    expect(check(json, { a: [1, { b: 'x' }] }).issues).toBeUndefined();
    expect(check(json, { a: [1, { b: true }] }).issues).toBeDefined();
  });
});
