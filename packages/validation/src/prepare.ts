import { coerceText } from './coerce.js';
import { MAX_ISSUES, pointerSegment, type Issue } from './issue.js';
import type { ResolvedLimits } from './limits.js';
import type { UnknownKeys } from './schema.js';
import { FREE, narrow, type Shape } from './shape.js';
import { ARRAY, INTEGER, NUMBER } from './types.js';

/** What the preparation of a value is to do. */
export interface PrepareRules {
  readonly unknown: UnknownKeys;
  readonly coerce: boolean;
  /** Fill absent properties with their `default`. Libraries do this by themselves. */
  readonly defaults: boolean;
  readonly limits: ResolvedLimits;
}

/** A value ready for the check proper, and what was wrong already. */
export interface Prepared {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** How many items and properties were seen. */
  readonly count: number;
  /** A limit was passed: the value was not seen whole and must not be worked on further. */
  readonly stopped: boolean;
}

/**
 * Goes once through a value along its shape: limits, unknown keys, conversion of texts, defaults. Nothing of the caller's is
 * changed; where something differs, the way down to it is copied and the rest is shared.
 */
export function prepare(shape: Shape, value: unknown, rules: PrepareRules): Prepared {
  const walk = new Walk(rules);
  const start = value === undefined && rules.defaults && shape.default !== undefined ? structuredClone(shape.default.value) : value;
  const next = walk.value(shape.self, start);
  return { value: next, issues: walk.issues, count: walk.count, stopped: walk.stopped };
}

const FREE_LIST = FREE.self;

type Writable = { -readonly [K in keyof Issue]: Issue[K] };

class Walk {
  issues: Writable[] = [];
  count = 0;
  stopped = false;
  #depth = 0;
  readonly #rules: PrepareRules;

  constructor(rules: PrepareRules) {
    this.#rules = rules;
  }

  value(shapes: readonly Shape[], value: unknown): unknown {
    if (typeof value === 'string' && this.#rules.coerce) return this.#text(shapes, value);
    const fitting = shapes.length === 1 && shapes[0]?.alternatives === undefined ? shapes : narrow(shapes, value);
    switch (typeof value) {
      case 'string':
        this.#length(fitting, value);
        return value;
      case 'number':
        this.#number(fitting, value);
        return value;
      case 'object':
        return value === null || isOpaque(value) ? value : this.#compound(fitting, value);
      default:
        return value;
    }
  }

  #text(shapes: readonly Shape[], text: string): unknown {
    // The branches are judged by what the text can become, so it is not narrowed by its type first.
    const every = shapes.length === 1 && shapes[0]?.alternatives === undefined ? shapes : narrow(shapes, undefined);
    const coerced = coerceText(every, text);
    if (typeof coerced === 'object' && coerced !== null)
      return this.#compound(
        every.filter((shape) => (shape.types & ARRAY) !== 0),
        coerced,
      );
    if (coerced === text) this.#length(every, text);
    return coerced;
  }

  #length(shapes: readonly Shape[], text: string): void {
    const { maxLength } = this.#rules.limits;
    if (text.length > maxLength && !shapes.some((shape) => shape.hasMaxLength || shape.values !== undefined))
      this.#limit('characters', maxLength);
  }

  #number(shapes: readonly Shape[], number: number): void {
    if (!Number.isInteger(number) || Number.isSafeInteger(number)) return;
    if (shapes.every((shape) => (shape.types & NUMBER) === 0 && (shape.types & INTEGER) !== 0)) {
      this.issues.push({
        pointer: '',
        rule: 'type',
        message: `must be an integer between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`,
      });
    }
  }

  #compound(shapes: readonly Shape[], value: object): unknown {
    if (this.#depth >= this.#rules.limits.maxDepth) {
      this.#limit('levels of nesting', this.#rules.limits.maxDepth);
      return value;
    }
    this.#depth += 1;
    const next = Array.isArray(value) ? this.#array(shapes, value) : this.#object(shapes, value as Record<string, unknown>);
    this.#depth -= 1;
    return next;
  }

  #array(shapes: readonly Shape[], array: readonly unknown[]): unknown {
    const { maxItems } = this.#rules.limits;
    if (array.length > maxItems && !shapes.some((shape) => shape.hasMaxItems)) {
      this.#limit('items', maxItems);
      return array;
    }
    this.count += array.length;
    let copy: unknown[] | undefined;
    const [only] = shapes;
    for (let index = 0; index < array.length && !this.stopped; index++) {
      const item = array[index];
      const before = this.issues.length;
      const under = shapes.length === 1 ? (only as Shape).at(index).self : unique(shapes.map((shape) => shape.at(index)));
      const next = this.value(under, item);
      if (this.issues.length > before) this.#locate(before, String(index));
      if (next !== item && !Object.is(next, item)) (copy ??= [...array])[index] = next;
    }
    return copy ?? array;
  }

  #object(shapes: readonly Shape[], object: Record<string, unknown>): unknown {
    const most = this.#mostProperties(shapes);
    const only = shapes.length === 1 ? (shapes[0] as Shape) : undefined;
    const keys = Object.keys(object);
    let copy: Record<string, unknown> | undefined;
    let surplus: Set<string> | undefined;
    let seen = 0;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      const item = object[key];
      if (item === undefined) continue;
      if (++seen > most) {
        this.#limit('properties', most);
        return object;
      }
      // Most objects come with their keys in declared order, and most values are fine scalars: both are seen without a call.
      const under = only === undefined ? underAny(shapes, key) : key === only.names[index] ? only.children[index] : only.under(key);
      if (under !== undefined && this.#isFineScalar(item)) continue;
      const before = this.issues.length;
      if (under === undefined || isPoison(shapes, key, item)) {
        if (this.#unknown(shapes, key, item)) (surplus ??= new Set()).add(key);
      } else {
        const next = this.value(under, item);
        if (next !== item && !Object.is(next, item)) (copy ??= { ...object })[key] = next;
      }
      if (this.issues.length > before) this.#locate(before, key);
      if (this.stopped) return object;
    }
    this.count += seen;
    if (surplus !== undefined) copy = without(copy ?? object, surplus);
    return this.#rules.defaults && shapes.length === 1 ? withDefaults(shapes[0] as Shape, object, copy) : (copy ?? object);
  }

  /** Whether a scalar needs neither conversion nor a limit, whatever its shape says. */
  #isFineScalar(item: unknown): boolean {
    switch (typeof item) {
      case 'string':
        return !this.#rules.coerce && item.length <= this.#rules.limits.maxLength;
      case 'number':
        return Number.isSafeInteger(item) || !Number.isInteger(item);
      case 'boolean':
        return true;
      default:
        return item === null;
    }
  }

  /** Reports an undeclared key, or says by `true` that it is to be left out. */
  #unknown(shapes: readonly Shape[], key: string, item: unknown): boolean {
    if (key === '__proto__' || isPoison(shapes, key, item))
      this.issues.push({ pointer: '', rule: 'unknown', message: 'is a name that is never accepted' });
    else if (this.#rules.unknown === 'reject' || shapes.every((shape) => shape.additional === false)) {
      // `additionalProperties: false` in the schema means what it says, even where unknown keys are stripped otherwise.
      this.issues.push({ pointer: '', rule: 'unknown', message: 'is not a known property' });
    } else if (this.#rules.unknown === 'strip') return true;
    else this.value(FREE_LIST, item);
    if (this.issues.length >= MAX_ISSUES) this.stopped = true;
    return false;
  }

  #mostProperties(shapes: readonly Shape[]): number {
    let most = this.#rules.limits.maxProperties;
    for (const shape of shapes) {
      if (shape.hasMaxProperties) return Infinity;
      if (shape.properties.size > most) most = shape.properties.size;
    }
    return most;
  }

  #limit(what: string, limit: number): void {
    this.issues.push({ pointer: '', rule: 'limit', message: `must not have more than ${limit} ${what}`, params: { limit } });
    this.stopped = true;
  }

  #locate(from: number, key: string): void {
    const segment = `/${pointerSegment(key)}`;
    for (let index = from; index < this.issues.length; index++) {
      const issue = this.issues[index] as Writable;
      issue.pointer = segment + issue.pointer;
    }
  }
}

function underAny(shapes: readonly Shape[], key: string): readonly Shape[] | undefined {
  const found: Shape[] = [];
  for (const shape of shapes) {
    for (const under of shape.under(key) ?? []) if (!found.includes(under)) found.push(under);
  }
  return found.length === 0 ? undefined : found;
}

function unique(shapes: readonly Shape[]): readonly Shape[] {
  return [...new Set(shapes)];
}

/** `constructor.prototype`, where no schema asks for it, is the other way to reach a prototype through a careless merge. */
function isPoison(shapes: readonly Shape[], key: string, item: unknown): boolean {
  if (key !== 'constructor' || shapes.some((shape) => shape.properties.has(key))) return false;
  return typeof item === 'object' && item !== null && Object.hasOwn(item, 'prototype');
}

function without(object: Record<string, unknown>, keys: ReadonlySet<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(object)) if (!keys.has(key) && key !== '__proto__') kept[key] = object[key];
  return kept;
}

function withDefaults(shape: Shape, object: Record<string, unknown>, copy: Record<string, unknown> | undefined): Record<string, unknown> {
  let filled = copy;
  for (const [key, value] of shape.defaults) {
    if (Object.hasOwn(object, key) && object[key] !== undefined) continue;
    (filled ??= { ...object })[key] = typeof value === 'object' ? structuredClone(value) : value;
  }
  return filled ?? object;
}

/** Objects that stand for themselves (dates, bytes, files, streams) and are not made of JSON properties. */
function isOpaque(value: object): boolean {
  if (Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return false;
  return (
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Blob ||
    ArrayBuffer.isView(value) ||
    Symbol.asyncIterator in value
  );
}
