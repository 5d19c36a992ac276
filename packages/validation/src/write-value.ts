import { schemaValue } from './write-scalar.js';
import { WriteFailure } from './write-failure.js';
import { pointerSegment } from './issue.js';
import { narrow, type Shape } from './shape.js';
import { ARRAY, OBJECT, STRING } from './types.js';

/** Gives a plain copy of a value that holds only what its shape declares; throws `WriteFailure` where it does not fit. */
export type Write = (value: unknown, depth: number) => unknown;

/** Deeper values, and values that contain themselves, are refused before the stack ends. */
const DEEPEST = 500;
/** Tries of union branches in one value: a value that fits none of many nested unions must not cost exponential time. */
const MOST_ATTEMPTS = 10_000;

/** Composes the writers of a shape; one for each shape, so that recursive schemas end. */
export class WriterFactory {
  readonly #writers = new Map<Shape, Write>();
  #attempts = 0;

  /** To be called before each value. */
  reset(): void {
    this.#attempts = 0;
  }

  of(shape: Shape): Write {
    const known = this.#writers.get(shape);
    if (known !== undefined) return known;
    this.#writers.set(shape, (value, depth) => made(value, depth)); // stands in while the shape's own parts are made
    const made: Write = shape.alternatives === undefined ? this.#plain(shape) : this.#union(shape);
    this.#writers.set(shape, made);
    return made;
  }

  #plain(shape: Shape): Write {
    const writeScalar = schemaValue(shape);
    const writeArray = (shape.types & ARRAY) === 0 ? undefined : this.#array(shape);
    const writeObject = (shape.types & OBJECT) === 0 ? undefined : this.#object(shape);
    return (value, depth) => {
      if (typeof value !== 'object' || value === null) return writeScalar(value);
      if (depth > DEEPEST) throw new WriteFailure('limit', `is nested deeper than ${DEEPEST} levels, or contains itself`);
      if (Array.isArray(value)) return writeArray === undefined ? writeScalar(value) : writeArray(value, depth + 1);
      if (value instanceof Date) return writeScalar(value);
      if (typeof (value as { toJSON?: unknown }).toJSON === 'function')
        return this.of(shape)(ownJson(value as { toJSON(): unknown }), depth + 1);
      if (value instanceof Map || value instanceof Set)
        throw new WriteFailure('type', `is a ${value.constructor.name}, which JSON does not have`);
      return writeObject === undefined ? writeScalar(value) : writeObject(value, depth + 1);
    };
  }

  #array(shape: Shape): Write {
    const prefix = shape.prefix.map((item) => this.of(item));
    const rest = shape.items === false ? undefined : this.of(shape.at(Infinity));
    return (value, depth) => {
      const array = value as readonly unknown[];
      if (rest === undefined && array.length > prefix.length) throw new WriteFailure('items', `must have at most ${prefix.length} items`);
      const written = new Array<unknown>(array.length);
      let index = 0;
      try {
        for (; index < array.length; index++) written[index] = (prefix[index] ?? (rest as Write))(array[index], depth);
      } catch (error) {
        throw located(error, index);
      }
      return written;
    };
  }

  #object(shape: Shape): Write {
    const names = [...shape.properties.keys()];
    const writers = names.map((name) => this.of(shape.properties.get(name) as Shape));
    const required = names.map((name) => shape.required.includes(name));
    // `toString` and the like are on every object; a class's own getters are not among them and may be declared.
    const inherited = names.map((name) => name in Object.prototype);
    const plainTexts = names.map((name) => isPlainText(shape.properties.get(name) as Shape));
    const undeclaredRequired = shape.required.filter((name) => !shape.properties.has(name));
    const open = isOpen(shape);
    return (value, depth) => {
      const object = value as Record<string, unknown>;
      const written: Record<string, unknown> = {};
      let at = '';
      try {
        for (let index = 0; index < names.length; index++) {
          at = names[index] as string;
          const property = inherited[index] && !Object.hasOwn(object, at) ? undefined : object[at];
          if (plainTexts[index] && typeof property === 'string')
            written[at] = property; // no call for the most common field
          else if (property !== undefined) written[at] = (writers[index] as Write)(property, depth);
          else if (required[index]) throw new WriteFailure('required', 'is required');
        }
        if (open) {
          for (at of Object.keys(object)) {
            if (shape.properties.has(at) || object[at] === undefined) continue;
            if (at === '__proto__') throw new WriteFailure('unknown', 'is a name that is never written');
            const under = shape.under(at);
            if (under !== undefined) written[at] = this.of(under[0] as Shape)(object[at], depth);
          }
        }
        for (at of undeclaredRequired)
          if (!Object.hasOwn(object, at) || object[at] === undefined) throw new WriteFailure('required', 'is required');
      } catch (error) {
        throw located(error, at);
      }
      return written;
    };
  }

  #union(union: Shape): Write {
    return (given, depth) => {
      const value = jsonForm(given);
      if (depth > DEEPEST) throw new WriteFailure('limit', `is nested deeper than ${DEEPEST} levels, or contains itself`);
      const candidates = ranked(narrow(union.self, value), value);
      if (candidates.length === 1) return this.of(candidates[0] as Shape)(value, depth);
      for (const candidate of candidates) {
        if (++this.#attempts > MOST_ATTEMPTS) break;
        try {
          return this.of(candidate)(value, depth);
        } catch (error) {
          if (!(error instanceof WriteFailure)) throw error;
        }
      }
      throw new WriteFailure('anyOf', `must have one of the ${candidates.length} declared forms`);
    };
  }
}

/** The branch that declares most of what the value has comes first, so that nothing declared is lost to a narrower branch. */
function ranked(candidates: readonly Shape[], value: unknown): readonly Shape[] {
  if (candidates.length < 2 || typeof value !== 'object' || value === null || Array.isArray(value)) return candidates;
  const keys = Object.keys(value);
  const scores = new Map(candidates.map((shape) => [shape, keys.filter((key) => shape.under(key) !== undefined).length]));
  return [...candidates].sort((a, b) => (scores.get(b) as number) - (scores.get(a) as number));
}

/** What a union is chosen by: dates and bigints count as the text and number they are written as. */
function jsonForm(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    if (!(value instanceof Date) && typeof (value as { toJSON?: unknown }).toJSON === 'function')
      return jsonForm(ownJson(value as { toJSON(): unknown }));
  }
  return value;
}

function ownJson(value: { toJSON(): unknown }): unknown {
  const form = value.toJSON();
  if (
    form === value ||
    (typeof form === 'object' && form !== null && typeof (form as { toJSON?: unknown }).toJSON === 'function' && !(form instanceof Date))
  ) {
    throw new WriteFailure('type', 'has a toJSON that does not give plain data');
  }
  return form;
}

function isPlainText(shape: Shape): boolean {
  return (shape.types & STRING) !== 0 && shape.values === undefined && shape.alternatives === undefined;
}

/** Whether an object may hold properties that are not declared by name. */
export function isOpen(shape: Shape): boolean {
  return !shape.saysKeys || shape.patterns.length > 0 || (shape.additional !== undefined && shape.additional !== false);
}

function located(error: unknown, key: string | number): unknown {
  if (error instanceof WriteFailure) error.pointer = `/${pointerSegment(key)}${error.pointer}`;
  return error;
}
