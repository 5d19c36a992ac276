const UNREADABLE = 'a value that cannot be inspected';

/**
 * A thrown value as a logger can take it: errors and primitives as they are; of another object its own fields, without calling
 * what could throw once more. Never throws, also for a proxy whose traps do.
 */
export function loggable(thrown: unknown): unknown {
  if (typeof thrown === 'function') return 'a function';
  if (typeof thrown !== 'object' || thrown === null) return thrown;
  try {
    return thrown instanceof Error ? thrown : dataOf(thrown);
  } catch {
    return UNREADABLE;
  }
}

function dataOf(object: object): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [name, { value, get, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(object)))
    if (enumerable === true && name !== '__proto__') data[name] = get === undefined ? value : '[getter]';
  return data;
}
