import { coerceText } from './coerce.js';
import { isPlainPrototype } from './plain-prototype.js';
import type { PrepareRules } from './prepare.js';
import type { Shape } from './shape.js';
import { hasDefaults } from './strict-schema.js';
import { ARRAY, OBJECT, STRING } from './types.js';

/** Conversion and defaults of a flat object: the value itself where nothing differs, else a copy, or `NOT_FLAT`. */
export type PrepareFlat = (value: unknown) => unknown;

/** What a flat preparation gives for a value it is not made for. */
export const NOT_FLAT: unique symbol = Symbol('not flat');

/** One declared property whose text may have to be converted, or which has a default. */
interface FlatProperty {
  readonly name: string;
  readonly self: readonly [Shape];
  /** Whether nothing below it has to be changed. */
  readonly simple: boolean;
  readonly converts: boolean;
  readonly default: { readonly value: unknown } | undefined;
}

/**
 * The preparation of an object of scalars (path, query, headers, form; or a body with defaults at its top), without the walk: only the declared properties are
 * looked at. Whether others are there, and every limit, the strict form tells after it. Undefined where the shape is another.
 */
export function createFlatPreparation(shape: Shape, rules: PrepareRules): PrepareFlat | undefined {
  if (shape.alternatives !== undefined || shape.types !== OBJECT || shape.patterns.length > 0) return undefined;
  const properties = [...shape.properties].map(([name, child]) => toFlatProperty(name, child, rules));
  if (properties.some((property) => property.default !== undefined && typeof property.default.value === 'object')) return undefined;
  const lookedAt = properties.filter((property) => !property.simple || property.converts || property.default !== undefined);

  return (value) => {
    if (typeof value !== 'object' || value === null) return NOT_FLAT;
    if (!isPlainPrototype(Object.getPrototypeOf(value) as object | null)) return NOT_FLAT;
    const object = value as Record<string, unknown>;
    let copy: Record<string, unknown> | undefined;
    for (let index = 0; index < lookedAt.length; index++) {
      const property = lookedAt[index] as FlatProperty;
      const item = object[property.name];
      if (item === undefined) {
        if (property.default !== undefined) (copy ??= { ...object })[property.name] = property.default.value;
      } else if (!property.simple) return NOT_FLAT;
      else if (property.converts && typeof item === 'string') {
        const converted = coerceText(property.self, item);
        if (converted === item) continue;
        (copy ??= { ...object })[property.name] = converted;
      }
    }
    return copy ?? value;
  };
}

function toFlatProperty(name: string, child: Shape, rules: PrepareRules): FlatProperty {
  const simple = rules.coerce ? child.alternatives === undefined && (child.types & (ARRAY | OBJECT)) === 0 : !hasDefaults(child);
  // A text stays a text where texts are taken, and another text than an enumerated one is for the check to refuse.
  const takesEveryText = (child.types & STRING) !== 0 && child.values === undefined;
  return {
    name,
    self: child.self,
    simple,
    converts: rules.coerce && !takesEveryText && child.types !== STRING,
    default: rules.defaults ? child.default : undefined,
  };
}
