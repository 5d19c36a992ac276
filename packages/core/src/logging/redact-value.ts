import { redacted, redactText } from './redact-text.js';
import { createKeyCheck, type Sensitivity } from './sensitive-key.js';
import { serializeError } from './serialize-error.js';

/** Makes values fit to be written: no secrets, no cycles, bounded in depth and size. */
export interface Redactor {
  /** The fields of a line. The same object when nothing had to change; never changes the caller's. */
  fields(fields: object): object;
  /** Any value. */
  value(value: unknown): unknown;
  /** A text. */
  text(text: string): string;
  /** Whether values under this key are hidden wherever they stand. */
  hides(key: string): boolean;
}

/** State of one walk through a value. @internal */
export interface Walk {
  readonly checkKey: (key: string) => Sensitivity;
  /** Objects between the root and here, to find cycles. */
  readonly path: object[];
  /** Whether we are below a key that holds what a client sent. */
  input: boolean;
  /** Values that may still be visited. */
  left: number;
}

const deepest = 10;
const mostValues = 1_000;
const inputKeys = new Set(['body', 'query', 'params', 'form', 'headers', 'cookies', 'payload', 'input']);

/** A redactor that hides the built-in list of keys and the given ones. */
export function createRedactor(keys: readonly string[] = []): Redactor {
  const checkKey = createKeyCheck(keys);
  const start = (): Walk => ({ checkKey, path: [], input: false, left: mostValues });
  return {
    fields: (fields) => (fields instanceof Error ? { err: redactValue(fields, start()) } : redactFields(fields, start())),
    value: (value) => redactValue(value, start()),
    text: (text) => redactText(text, checkKey),
    hides: (key) => checkKey(key) === 'sensitive',
  };
}

/** One value, as deep as it goes. @internal */
export function redactValue(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value, walk.checkKey);
    case 'bigint':
      return value.toString();
    case 'function':
      return `[function ${value.name}]`;
    case 'symbol':
      return value.toString();
    case 'object':
      return value === null ? null : redactObject(value, walk);
    default:
      return value;
  }
}

/** The members of an object; copied only if one of them changes. @internal */
export function redactFields(source: object, walk: Walk): object {
  let copy: Record<string, unknown> | undefined;
  walk.path.push(source);
  for (const key of Object.keys(source)) {
    const value = read(source, key);
    const clean = redactMember(key, value, walk);
    if (clean === value && copy === undefined) continue;
    copy ??= copyOf(source);
    if (key === '__proto__') Object.defineProperty(copy, key, { value: clean, enumerable: true });
    else copy[key] = clean;
  }
  walk.path.pop();
  return copy ?? source;
}

/** The value of one member: hidden if its key says so. @internal */
export function redactMember(key: string, value: unknown, walk: Walk): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  const sensitivity = walk.checkKey(key);
  if (sensitivity === 'sensitive' && !(typeof value === 'number' && key.endsWith('s'))) return redacted;
  if (sensitivity === 'sensitive-input' && walk.input) return redacted;
  if (typeof value === 'number') return value;
  if (walk.input || !inputKeys.has(key)) return redactValue(value, walk);
  walk.input = true;
  const clean = redactValue(value, walk);
  walk.input = false;
  return clean;
}

function redactObject(value: object, walk: Walk): unknown {
  if (walk.path.includes(value)) return '[circular]';
  if (walk.path.length >= deepest) return '[deeper]';
  if (--walk.left < 0) return '[more]';
  if (value instanceof Error) return serializeError(value, walk);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.constructor.name} of ${value.byteLength} bytes]`;
  if (Array.isArray(value)) return redactItems(value, walk);
  if (value instanceof Map) return redactEntries(value, walk);
  if (value instanceof Set) return redactItems([...value], walk);
  const toJson = read(value, 'toJSON') as ((...args: unknown[]) => unknown) | undefined;
  if (typeof toJson === 'function') return redactJson(value, toJson, walk);
  // Streams, sockets and the like reach the whole process: name them only.
  if (typeof read(value, 'pipe') === 'function' || typeof read(value, 'emit') === 'function')
    return `[${value.constructor?.name ?? 'object'}]`;
  return redactFields(value, walk);
}

function redactItems(items: readonly unknown[], walk: Walk): unknown {
  walk.path.push(items);
  let changed = false;
  const copy: unknown[] = [];
  for (const item of items) {
    if (walk.left <= 0) {
      copy.push(`[${items.length - copy.length} more]`);
      changed = true;
      break;
    }
    if (typeof item !== 'object') walk.left--;
    const clean = redactValue(item, walk);
    changed ||= clean !== item;
    copy.push(clean);
  }
  walk.path.pop();
  return changed ? copy : items;
}

function redactEntries(map: ReadonlyMap<unknown, unknown>, walk: Walk): unknown {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of map) copy[typeof key === 'symbol' ? key.toString() : `${key as string}`] = value;
  return redactFields(copy, walk);
}

function redactJson(value: object, toJson: (...args: unknown[]) => unknown, walk: Walk): unknown {
  walk.path.push(value);
  try {
    return redactValue(toJson.call(value, ''), walk);
  } catch {
    return '[unreadable]';
  } finally {
    walk.path.pop();
  }
}

function read(source: object, key: string): unknown {
  try {
    return (source as Record<string, unknown>)[key];
  } catch {
    return '[unreadable]';
  }
}

function copyOf(source: object): Record<string, unknown> {
  try {
    return { ...source };
  } catch {
    return Object.fromEntries(Object.keys(source).map((key) => [key, read(source, key)]));
  }
}
