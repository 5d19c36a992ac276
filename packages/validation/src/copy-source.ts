import type { Shape } from './shape.js';
import { ARRAY, bitOf, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, STRING } from './types.js';
import { isOpen } from './write-value.js';

/*
 * Writes the source of the functions that copy a value along its shape.
 *
 * Why generated: a property read as `v["name"]` is a load at a known offset and an object literal has its final form at once; the
 * same loop over a list of names looks every name up. Measured on a 1 KB order that is 0.2 µs against 2 µs.
 *
 * Why it is safe: the texts that come from a schema are property names and enum values, and they enter the source through
 * `literal` only. Everything else is made of the fixed pieces below and of numbers counted here.
 */

/** The mark of a value the generated code leaves to the composed writers. */
export type Refused = symbol;

/** The source, and what it is to be called with. */
export interface CopySource {
  /** The body of a function of `REFUSED`, `delegates`, `accepted`, `isOrdinary` that returns the copy. */
  readonly text: string;
  /** The parts that are left to their writers: unions, maps, free values. */
  readonly delegated: readonly Shape[];
  /** The long enumerations. */
  readonly accepted: readonly ReadonlySet<unknown>[];
}

/** Near the deepest level of the writers all is left to them, so that only they judge where it ends. */
const DEEPEST = 490;
/** Larger schemas would cost more start-up time than they save. */
const MOST_FUNCTIONS = 200;
const MOST_PROPERTIES = 200;
/** Longer enumerations are looked up in a set. */
const MOST_COMPARISONS = 8;

/** The source for a shape; undefined where the shape as a whole is one for the writers. */
export function copySource(root: Shape): CopySource | undefined {
  return new SourceWriter().write(root);
}

class SourceWriter {
  readonly #functions: string[] = [];
  readonly #names = new Map<Shape, string>();
  readonly #delegated: Shape[] = [];
  readonly #accepted: ReadonlySet<unknown>[] = [];

  write(root: Shape): CopySource | undefined {
    if ((root.types & (OBJECT | ARRAY)) === 0 || !isCopied(root)) return undefined;
    const name = this.#function(root);
    const delegates = this.#delegated.map((_shape, index) => `const w${index} = delegates[${index}];`);
    const sets = this.#accepted.map((_set, index) => `const s${index} = accepted[${index}];`);
    const text = [
      '"use strict";',
      'const { getPrototypeOf, hasOwn } = Object;',
      ...delegates,
      ...sets,
      ...this.#functions,
      `return ${name};`,
    ].join('\n');
    return { text, delegated: this.#delegated, accepted: this.#accepted };
  }

  /** The name of the function that copies the arrays and objects of a shape. */
  #function(shape: Shape): string {
    const known = this.#names.get(shape);
    if (known !== undefined) return known;
    const name = `c${this.#names.size}`;
    this.#names.set(shape, name);
    const arrays =
      (shape.types & ARRAY) !== 0 ? `if (Array.isArray(v)) {\n${this.#array(shape)}\n}` : 'if (Array.isArray(v)) return REFUSED;';
    const objects = (shape.types & OBJECT) !== 0 ? this.#object(shape) : 'return REFUSED;';
    this.#functions.push(
      `function ${name}(v, d) {\nif (typeof v !== "object" || v === null || d > ${DEEPEST}) return REFUSED;\n${arrays}\n${objects}\n}`,
    );
    return name;
  }

  #array(shape: Shape): string {
    // Pushed one by one: JSON.stringify is slow on arrays made with a length, which could have holes.
    const copied = 'const out = [];\nconst n = v.length;\nfor (let i = 0; i < n; i++) {\nlet p = v[i];';
    return `${copied}\n${this.#value(shape.at(Infinity), 'p')}\nout.push(p);\n}\nreturn out;`;
  }

  #object(shape: Shape): string {
    const lines = [
      'const proto = getPrototypeOf(v);',
      'if (v.toJSON !== undefined || (proto !== Object.prototype && !isOrdinary(v))) return REFUSED;',
    ];
    const entries: string[] = [];
    let index = 0;
    for (const [name, child] of shape.properties) {
      const local = `p${index++}`;
      const key = literal(name);
      // `toString` and the like are on every object and count only where they are the object's own.
      lines.push(`let ${local} = ${name in Object.prototype ? `hasOwn(v, ${key}) ? v[${key}] : undefined` : `v[${key}]`};`);
      if (shape.required.includes(name)) lines.push(`if (${local} === undefined) return REFUSED;`, this.#value(child, local));
      else lines.push(`if (${local} !== undefined) {`, this.#value(child, local), '}');
      entries.push(`${key}: ${local}`);
    }
    lines.push(`return { ${entries.join(', ')} };`); // what is undefined JSON.stringify leaves out
    return lines.join('\n');
  }

  /** Statements that leave the copy of what `local` holds in `local`, or return. */
  #value(given: Shape, local: string): string {
    const { shape, nullable } = withoutNull(given);
    const accepted = isCopied(shape) ? this.#scalars(shape, local) : undefined;
    if (accepted === undefined) return this.#delegate(given, local);
    const tests = [...(nullable ? [`${local} === null`] : []), ...accepted];
    const fits = tests.length === 0 ? 'false' : tests.join(' || ');
    // A date for a text, a bigint for an integer, or a mistake: the writer of this one place can tell.
    if ((shape.types & (OBJECT | ARRAY)) === 0) return `if (!(${fits})) ${this.#delegate(given, local)}`;
    if (this.#names.size >= MOST_FUNCTIONS && !this.#names.has(shape)) return this.#delegate(given, local);
    return `if (!(${fits})) {\n${local} = ${this.#function(shape)}(${local}, d + 1);\nif (${local} === REFUSED) return REFUSED;\n}`;
  }

  #delegate(shape: Shape, local: string): string {
    let index = this.#delegated.indexOf(shape);
    if (index === -1) index = this.#delegated.push(shape) - 1;
    return `${local} = w${index}(${local}, d + 1);`;
  }

  /** Conditions, of which one holds for a scalar that is written as it is. Undefined where only the writer can tell. */
  #scalars(shape: Shape, local: string): readonly string[] | undefined {
    const { types, values } = shape;
    if (values !== undefined) {
      if (!values.every((value) => typeof value === 'string' || value === null)) return undefined;
      const possible = values.filter((value) => (types & bitOf(value)) !== 0);
      if (possible.length > MOST_COMPARISONS) return [`s${this.#accepted.push(new Set(possible)) - 1}.has(${local})`];
      return possible.map((value) => `${local} === ${literal(value)}`);
    }
    const tests: string[] = [];
    if ((types & STRING) !== 0) tests.push(`typeof ${local} === "string"`);
    if ((types & NUMBER) !== 0) tests.push(`Number.isFinite(${local})`);
    else if ((types & INTEGER) !== 0) tests.push(`Number.isInteger(${local})`);
    if ((types & BOOLEAN) !== 0) tests.push(`typeof ${local} === "boolean"`);
    if ((types & NULL) !== 0) tests.push(`${local} === null`);
    return tests;
  }
}

/** Whether the writer of a shape does nothing that the generated code does not do. */
function isCopied(shape: Shape): boolean {
  if (shape.alternatives !== undefined) return false;
  if ((shape.types & (OBJECT | ARRAY)) === 0) return true;
  if (shape.values !== undefined) return false;
  if ((shape.types & ARRAY) !== 0 && (shape.prefix.length > 0 || shape.items === false || shape.items === undefined)) return false;
  if ((shape.types & OBJECT) === 0) return true;
  if (isOpen(shape) || shape.properties.size > MOST_PROPERTIES || shape.properties.has('__proto__')) return false;
  return shape.required.every((name) => shape.properties.has(name));
}

/** A union of null and one other shape, which is how libraries write "nullable", is that shape or null. */
function withoutNull(shape: Shape): { readonly shape: Shape; readonly nullable: boolean } {
  const branches = shape.alternatives ?? [];
  const rest = branches.filter((branch) => branch.types !== NULL);
  const [only] = rest;
  const nullable = branches.length === 2 && only !== undefined && rest.length === 1 && (only.types & NULL) === 0;
  return nullable ? { shape: only, nullable } : { shape, nullable: false };
}

/** A text (or null) as JavaScript source. JSON is a part of JavaScript since ES2019; line separators are escaped all the same. */
function literal(text: string | null): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
