/*
 * The type a JSON Schema describes, read from its literal type. It follows structure only, so that it serves
 * `as const` schemas, TypeBox 1.x and TypeBox 0.34 alike without importing either.
 */

/** @internal The type of a value that has passed the schema. */
export type InferJson<S> = Read<S, 'output'>;

/** @internal The type a caller may send. */
export type InferJsonInput<S> = Read<S, 'input'>;

type Direction = 'input' | 'output';

/** Tells `any` and `unknown` apart from real schemas before anything is asked of them. */
type IsAny<T> = 0 extends 1 & T ? true : false;

type Read<S, D extends Direction> =
  IsAny<S> extends true
    ? unknown
    : S extends true
      ? unknown
      : S extends false
        ? never
        : S extends { readonly '~unsafe': infer T } // TypeBox 1.x: Type.Unsafe<T>
          ? T
          : S extends { readonly static: infer T; readonly params: readonly unknown[] } // TypeBox 0.34: every type carries its static type
            ? T
            : S extends { readonly '~kind': 'Never' }
              ? never
              : S extends { readonly const: infer T }
                ? T
                : S extends { readonly enum: readonly (infer T)[] }
                  ? T
                  : S extends { readonly $ref: string }
                    ? unknown
                    : ReadParts<S, D>;

type ReadParts<S, D extends Direction> = S extends { readonly allOf: unknown } | { readonly anyOf: unknown } | { readonly oneOf: unknown }
  ? Simplify<ReadTyped<S, D> & ReadAllOf<S, D> & ReadUnion<S, 'anyOf', D> & ReadUnion<S, 'oneOf', D>>
  : ReadTyped<S, D>;

type ReadAllOf<S, D extends Direction> = S extends { readonly allOf: infer Parts extends readonly unknown[] } ? ReadAll<Parts, D> : unknown;

type ReadUnion<S, K extends 'anyOf' | 'oneOf', D extends Direction> = S extends {
  readonly [_ in K]: infer Parts extends readonly unknown[];
}
  ? ReadEach<Parts, D>
  : unknown;

type ReadEach<Parts extends readonly unknown[], D extends Direction> = { [I in keyof Parts]: Read<Parts[I], D> }[number];

type ReadAll<Parts extends readonly unknown[], D extends Direction> = Parts extends readonly [infer Head, ...infer Tail]
  ? Read<Head, D> & ReadAll<Tail, D>
  : unknown;

type ReadTyped<S, D extends Direction> = S extends { readonly type: infer T }
  ? T extends readonly (infer Name)[]
    ? ReadName<S, Name, D>
    : ReadName<S, T, D>
  : S extends { readonly properties: unknown }
    ? ReadName<S, 'object', D>
    : unknown;

type ReadName<S, Name, D extends Direction> = Name extends 'string'
  ? string
  : Name extends 'number' | 'integer'
    ? number
    : Name extends 'boolean'
      ? boolean
      : Name extends 'null'
        ? null
        : Name extends 'array'
          ? ReadArray<S, D>
          : Name extends 'object'
            ? ReadObject<S, D>
            : unknown;

type ReadArray<S, D extends Direction> = S extends { readonly prefixItems: infer Items extends readonly unknown[] }
  ? S extends { readonly items: infer Rest }
    ? Rest extends false
      ? ReadTuple<Items, D>
      : [...ReadTuple<Items, D>, ...Read<Rest, D>[]]
    : [...ReadTuple<Items, D>, ...unknown[]]
  : S extends { readonly items: infer Items }
    ? Items extends readonly unknown[] // the tuple form of draft 7, which TypeBox still writes
      ? ReadTuple<Items, D>
      : Read<Items, D>[]
    : unknown[];

type ReadTuple<Items extends readonly unknown[], D extends Direction> = Items extends readonly [infer Head, ...infer Tail]
  ? [Read<Head, D>, ...ReadTuple<Tail, D>]
  : [];

type ReadObject<S, D extends Direction> = S extends { readonly properties: infer P }
  ? Simplify<
      { -readonly [K in keyof P as IsRequired<S, P, K, D> extends true ? K : never]: Read<P[K], D> } & {
        -readonly [K in keyof P as IsRequired<S, P, K, D> extends true ? never : K]?: Read<P[K], D>;
      } & ReadExtra<S, D>
    >
  : IsClosed<S> extends true
    ? {}
    : ReadExtra<S, D> extends infer Extra
      ? keyof Extra extends never
        ? { [key: string]: unknown }
        : Extra
      : never;

type IsClosed<S> = S extends { readonly additionalProperties: false }
  ? S extends { readonly patternProperties: unknown }
    ? false
    : true
  : false;

type IsRequired<S, P, K extends keyof P, D extends Direction> = P[K] extends { readonly '~optional': true }
  ? HasDefault<P[K]> extends true
    ? OutputOnly<D>
    : false
  : HasDefault<P[K]> extends true
    ? OutputOnly<D>
    : IsTypeBoxObject<S> extends true
      ? true
      : S extends { readonly required: readonly (infer R)[] }
        ? K extends R
          ? true
          : false
        : false;

/** TypeBox 1.x computes `required` from its properties, as a tuple the type checker cannot always see. */
type IsTypeBoxObject<S> = S extends { readonly '~kind': 'Object' } ? true : false;

/** A property with a default may be left out by the caller and is there once checked. */
type OutputOnly<D extends Direction> = D extends 'output' ? true : false;
type HasDefault<S> = S extends { readonly default: unknown } ? true : false;

type ReadExtra<S, D extends Direction> = (S extends { readonly additionalProperties: infer A }
  ? A extends false
    ? {}
    : S extends { readonly properties: unknown }
      ? { [key: string]: unknown } // a narrower index type would contradict the named properties
      : { [key: string]: Read<A, D> }
  : {}) &
  (S extends { readonly patternProperties: infer P }
    ? S extends { readonly properties: unknown }
      ? { [key: string]: unknown }
      : { [key: string]: Read<P[keyof P], D> }
    : {});

/** Shows `{ a: string; b?: number }` in editors in place of the intersections it was made of. */
type Simplify<T> = T extends readonly unknown[] ? T : T extends object ? (IsPlain<T> extends true ? { [K in keyof T]: T[K] } : T) : T;
type IsPlain<T> = T extends (...args: never[]) => unknown ? false : T extends Date ? false : true;
