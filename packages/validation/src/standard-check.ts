import { MAX_ISSUES, pointerSegment, type Checked, type Issue } from './issue.js';
import type { StandardSchemaV1 } from './standard-schema.js';

/** Runs the library's own `validate`. A promise only if the library returned one. */
export function checkStandard(schema: StandardSchemaV1, value: unknown): Checked<unknown> | Promise<Checked<unknown>> {
  const result = schema['~standard'].validate(value);
  return isPromise(result) ? Promise.resolve(result).then((settled) => toChecked(settled, value)) : toChecked(result, value);
}

function toChecked(result: StandardSchemaV1.Result<unknown>, value: unknown): Checked<unknown> {
  if (result.issues === undefined) return { value: result.value };
  return {
    issues: Array.from(result.issues)
      .slice(0, MAX_ISSUES)
      .flatMap((issue) => toIssues(issue, value))
      .slice(0, MAX_ISSUES),
  };
}

/** The fields libraries add to a Standard Schema issue: a code or type, and what they expected and received. */
interface LibraryIssue extends StandardSchemaV1.Issue {
  readonly code?: unknown;
  readonly type?: unknown;
  readonly keys?: unknown;
  readonly expected?: unknown;
  readonly received?: unknown;
  readonly actual?: unknown;
}

function toIssues(issue: LibraryIssue, value: unknown): Issue[] {
  const path = Array.from(issue.path ?? [], (segment) => (typeof segment === 'object' ? segment.key : segment));
  const pointer = path.map((key) => `/${pointerSegment(key)}`).join('');
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) {
    // zod tells all unknown keys of an object at once
    return issue.keys.map((key: string) => ({
      pointer: `${pointer}/${pointerSegment(key)}`,
      rule: 'unknown',
      message: 'is not a known property',
    }));
  }
  const missing = path.length > 0 && valueAt(value, path) === undefined;
  if (missing && /undefined|missing/i.test(issue.message)) return [{ pointer, rule: 'required', message: 'is required' }]; // but not the author's own words
  const rule = [issue.code, issue.type].find((name) => typeof name === 'string') ?? 'invalid';
  return [{ pointer, rule: rule as string, message: withoutValue(issue) }];
}

/**
 * The library's message without the value: arktype and valibot quote what they received, which may be a password.
 */
function withoutValue(issue: LibraryIssue): string {
  if (isArkError(issue)) return `must be ${issue.expected}`;
  let message = issue.message;
  for (const quoted of [readSafely(issue, 'received'), readSafely(issue, 'actual')]) {
    if (typeof quoted === 'string' && /^["'`\d-]/.test(quoted))
      message = message.replaceAll(quoted, quoted.startsWith('"') ? 'a string' : 'another value');
  }
  return message;
}

/** arktype's own message is the name of the property, what was expected and, in brackets, the value. */
function isArkError(issue: LibraryIssue): issue is LibraryIssue & { expected: string } {
  const { arkKind, expected } = issue as LibraryIssue & { arkKind?: unknown };
  return (arkKind === 'error' || 'nodeConfig' in issue) && typeof expected === 'string' && issue.message.includes(expected);
}

/** arktype computes `actual` when read; an issue must never turn into a throw. */
function readSafely(issue: LibraryIssue, field: 'received' | 'actual'): unknown {
  try {
    return issue[field];
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}
