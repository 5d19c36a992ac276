/**
 * Whether a JSON Schema can take a list. In doubt it can: only what says otherwise, by its type or by its values, is refused a second
 * value before it is checked.
 */
export function takesList(schema: unknown, lookUp: (ref: string) => unknown, depth = 0): boolean {
  if (typeof schema !== 'object' || schema === null || depth > 8) return schema !== false;
  const { type, const: constant, enum: listed, $ref, allOf, anyOf, oneOf } = schema as Record<string, unknown>;
  const takes = (entry: unknown) => takesList(entry, lookUp, depth + 1);
  if (type !== undefined) return Array.isArray(type) ? type.includes('array') : type === 'array';
  if (constant !== undefined) return Array.isArray(constant);
  if (Array.isArray(listed)) return listed.some(Array.isArray);
  if (typeof $ref === 'string' && $ref.startsWith('#/')) return takes(lookUp($ref));
  if (Array.isArray(allOf) && !allOf.every(takes)) return false;
  return [anyOf, oneOf].every((branches) => !Array.isArray(branches) || branches.some(takes));
}
