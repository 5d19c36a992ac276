import { ANY, bitOf, OBJECT, STRING } from './types.js';

/**
 * What a schema says about a place in a value, with `$ref` and `allOf` already merged: which keys and items there may be.
 * The preparation of incoming values and the serializer both walk these; neither reads schemas while a request runs.
 */
export class Shape {
  /** Allowed JSON types, a bit set of types.ts. */
  types: number = ANY;
  /** Values of `const` and `enum`. */
  values: readonly unknown[] | undefined;
  /** Declared properties. A Map, so that `constructor` and `toString` are found only where declared. */
  readonly properties = new Map<string, Shape>();
  /** The keys of `properties` in order, and what stands under each. */
  names: readonly string[] = [];
  children: readonly (readonly [Shape])[] = [];
  readonly patterns: { readonly expression: RegExp; readonly shape: Shape }[] = [];
  /** What `additionalProperties` (or `unevaluatedProperties`) says; undefined where it says nothing. */
  additional: Shape | false | undefined;
  /** Whether any keyword speaks about keys. An object schema that says nothing about them takes every key. */
  saysKeys = false;
  required: readonly string[] = [];
  readonly prefix: Shape[] = [];
  /** The items after the prefix; false where there may be none. */
  items: Shape | false | undefined;
  /** The branches of anyOf / oneOf, each merged with what stands beside them. A shape that has them is only their sum. */
  alternatives: readonly Shape[] | undefined;
  /** Properties with constant values, by which branches are told apart. */
  discriminators: readonly (readonly [string, readonly unknown[]])[] = [];
  /** Properties with a default, in order. */
  defaults: readonly (readonly [string, unknown])[] = [];
  default: { readonly value: unknown } | undefined;
  format: string | undefined;
  hasMaxLength = false;
  hasMaxItems = false;
  hasMaxProperties = false;
  /** This shape as a list of one: walks take lists, and the usual list must not be made anew each time. */
  readonly self: readonly [Shape] = [this];

  /** What may stand under a key: a list of one shape, or undefined where the key is not declared. */
  under(key: string): readonly Shape[] | undefined {
    const declared = this.properties.get(key);
    if (declared !== undefined) return declared.self;
    if (key === '__proto__') return undefined;
    for (const { expression, shape } of this.patterns) if (expression.test(key)) return shape.self;
    if (this.additional !== undefined) return this.additional === false ? undefined : this.additional.self;
    return this.saysKeys ? undefined : FREE.self;
  }

  /** What may stand at an index of an array. */
  at(index: number): Shape {
    return this.prefix[index] ?? (this.items === undefined || this.items === false ? FREE : this.items);
  }
}

/** The shape that takes everything: `{}`, `true`, and objects that say nothing about their keys. */
export const FREE = new Shape();

/** The shape that takes nothing: `false`. */
export const NEVER = new Shape();
NEVER.types = 0;

/**
 * The shapes among `list` (branches taken apart) that the value could be meant for, judged by JSON type, constants,
 * constant properties and required keys. When none fits, all of them: the check proper will say what is wrong.
 */
export function narrow(list: readonly Shape[], value: unknown): readonly Shape[] {
  const fitting: Shape[] = [];
  for (const shape of list) collect(shape, value, fitting, couldBe);
  if (fitting.length > 0) return fitting;
  for (const shape of list) collect(shape, value, fitting, always);
  return fitting;
}

function collect(shape: Shape, value: unknown, into: Shape[], test: (shape: Shape, value: unknown) => boolean): void {
  if (!test(shape, value)) return;
  if (shape.alternatives === undefined) {
    if (!into.includes(shape)) into.push(shape);
  } else for (const alternative of shape.alternatives) collect(alternative, value, into, test);
}

function always(): boolean {
  return true;
}

function couldBe(shape: Shape, value: unknown): boolean {
  const bit = bitOf(value);
  // What JSON has no type for (a Date, a bigint) is left for the caller to judge.
  if (bit !== 0 && (shape.types & bit) === 0) return false;
  if (shape.values !== undefined && bit !== OBJECT && bit !== 0 && !hasValue(shape.values, value)) return false;
  if (bit !== OBJECT) return true;
  const object = value as Record<string, unknown>;
  for (const [key, values] of shape.discriminators) {
    const own = Object.hasOwn(object, key) ? object[key] : undefined;
    if (own !== undefined && !hasValue(values, own) && !(typeof own === 'string' && values.some((entry) => String(entry) === own)))
      return false;
  }
  for (const key of shape.required) {
    if (object[key] === undefined && !shape.defaults.some(([name]) => name === key)) return false;
  }
  return true;
}

/** Whether a `const` or `enum` holds the value; compound values are compared elsewhere and count as held. */
export function hasValue(values: readonly unknown[], value: unknown): boolean {
  return values.some((entry) => entry === value || (typeof entry === 'object' && entry !== null));
}

/** Whether a text is allowed as it stands, without conversion. */
export function takesText(shape: Shape, text: string): boolean {
  return (shape.types & STRING) !== 0 && (shape.values === undefined || hasValue(shape.values, text));
}
