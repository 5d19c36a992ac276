import { Type } from 'typebox';
import { Type as Type034 } from '@sinclair/typebox';
import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { compile, defineSchema, type Checked, type Infer, type InferInput } from '../../src/index.js';
import { withJsonSchema } from '../../src/valibot.js';

/* Plain JSON Schema, written with `as const`. */
const user = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string', minLength: 1 },
    nick: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    role: { enum: ['admin', 'user'] },
    kind: { const: 'person' },
    page: { type: 'integer', default: 1 },
    at: { type: 'array', prefixItems: [{ type: 'number' }, { type: 'string' }], items: false },
    any: {},
  },
  required: ['id', 'name', 'tags', 'kind'],
} as const;
type User = {
  id: number;
  name: string;
  nick?: string | null;
  tags: string[];
  role?: 'admin' | 'user';
  kind: 'person';
  page: number;
  at?: [number, string];
  any?: unknown;
};
expectTypeOf<Infer<typeof user>>().toEqualTypeOf<User>();
expectTypeOf<InferInput<typeof user>>().toEqualTypeOf<
  Omit<User, 'page'> & { page?: number } extends infer T ? { [K in keyof T]: T[K] } : never
>();
// @ts-expect-error a string is no integer
({ id: '1', name: '', tags: [], kind: 'person' }) satisfies InferInput<typeof user>;

/* The same without `as const`. */
const page = defineSchema({ type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] });
expectTypeOf<Infer<typeof page>>().toEqualTypeOf<{ size: number }>();
expectTypeOf(compile({ type: 'array', items: { type: 'boolean' } }).check(null)).toEqualTypeOf<
  Checked<boolean[]> | Promise<Checked<boolean[]>>
>();

/* Unions, intersections, maps, references. */
const union = defineSchema({
  anyOf: [{ type: 'string' }, { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] }, { type: 'null' }],
});
expectTypeOf<Infer<typeof union>>().toEqualTypeOf<string | { a: boolean } | null>();
const one = defineSchema({ oneOf: [{ const: 1 }, { const: 'x' }] });
expectTypeOf<Infer<typeof one>>().toEqualTypeOf<1 | 'x'>();
const both = defineSchema({
  allOf: [
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] },
  ],
});
expectTypeOf<Infer<typeof both>>().toEqualTypeOf<{ a: string; b: number }>();
expectTypeOf<Infer<{ type: 'object'; additionalProperties: { type: 'number' } }>>().toEqualTypeOf<{ [key: string]: number }>();
expectTypeOf<Infer<{ type: 'object' }>>().toEqualTypeOf<{ [key: string]: unknown }>();
expectTypeOf<Infer<{ $ref: 'User' }>>().toEqualTypeOf<unknown>();
expectTypeOf<Infer<{}>>().toEqualTypeOf<unknown>();
expectTypeOf<Infer<{ type: 'array'; prefixItems: [{ type: 'string' }]; items: { type: 'number' } }>>().toEqualTypeOf<
  [string, ...number[]]
>();
const readonlyTuple = defineSchema({ type: 'array', prefixItems: [{ type: 'string' }], items: false });
expectTypeOf<Infer<typeof readonlyTuple>>().toEqualTypeOf<[string]>();

/* TypeBox 1.x. */
const box = Type.Object({
  id: Type.Integer(),
  name: Type.Optional(Type.String()),
  kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  map: Type.Record(Type.String(), Type.Number()),
  pair: Type.Tuple([Type.String(), Type.Boolean()]),
  list: Type.Array(Type.Object({ x: Type.Null() })),
  date: Type.Unsafe<Date>(Type.String({ format: 'date-time' })),
  level: Type.Enum(['low', 'high']),
});
expectTypeOf<Infer<typeof box>>().toEqualTypeOf<{
  id: number;
  name?: string;
  kind: 'a' | 'b';
  map: { [key: string]: number };
  pair: [string, boolean];
  list: { x: null }[];
  date: Date;
  level: 'low' | 'high';
}>();
const mixed = Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]);
expectTypeOf<Infer<typeof mixed>>().toEqualTypeOf<{ a: string; b: string }>();

/* TypeBox 0.34 carries its static type. */
const old = Type034.Object({
  id: Type034.Integer(),
  name: Type034.Optional(Type034.String()),
  date: Type034.Unsafe<Date>({ type: 'string' }),
});
expectTypeOf<Infer<typeof old>>().toEqualTypeOf<{ name?: string; id: number; date: Date }>();
const oldUnion = Type034.Union([Type034.Literal('a'), Type034.Null()]);
expectTypeOf<Infer<typeof oldUnion>>().toEqualTypeOf<'a' | null>();

/* Standard Schema libraries. */
const zod = z.object({ id: z.coerce.number<string>(), name: z.string().default('x') });
expectTypeOf<Infer<typeof zod>>().toEqualTypeOf<{ id: number; name: string }>();
expectTypeOf<InferInput<typeof zod>>().toEqualTypeOf<{ id: string; name?: string | undefined }>();
const valibot = withJsonSchema(v.object({ id: v.number() }));
expectTypeOf<Infer<typeof valibot>>().toEqualTypeOf<{ id: number }>();
const ark = type({ id: 'number', 'name?': 'string' });
expectTypeOf<Infer<typeof ark>>().toEqualTypeOf<{ id: number; name?: string }>();
expectTypeOf(compile(zod).check({})).toEqualTypeOf<
  Checked<{ id: number; name: string }> | Promise<Checked<{ id: number; name: string }>>
>();
