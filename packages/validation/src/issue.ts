/** One thing that is wrong with a value. */
export interface Issue {
  /** Where: a JSON pointer (RFC 6901) into the value; empty for the value itself. */
  readonly pointer: string;
  /** Which rule was broken: a JSON Schema keyword, `unknown`, `limit`, or the library's own code. */
  readonly rule: string;
  /** What is wrong, as the end of a sentence that begins with the property. Never holds the value. */
  readonly message: string;
  /** The figures of the rule, such as `{ limit: 10 }`. Never holds the value. */
  readonly params?: object;
}

/** The outcome of a check: the value as the handler shall see it, or every issue that was found. */
export type Checked<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[]; readonly value?: undefined };

/** More issues than this are not collected: nobody reads them, and a hostile body could make millions. */
export const MAX_ISSUES = 100;

/** One key as a segment of a JSON pointer (RFC 6901, section 3). */
export function pointerSegment(key: PropertyKey): string {
  const text = String(key);
  return text.includes('~') || text.includes('/') ? text.replaceAll('~', '~0').replaceAll('/', '~1') : text;
}

/** The kind of a value in words: `a string`, `null`, `an array`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'no finite number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Joins two lists without saying the same rule of the same place twice, at most `MAX_ISSUES` in all. */
export function mergeIssues(first: readonly Issue[], second: readonly Issue[]): readonly Issue[] {
  const merged = new Map<string, Issue>();
  for (const issue of [...first, ...second.slice(0, MAX_ISSUES * 10)]) {
    const key = `${issue.rule} ${issue.pointer}`;
    if (!merged.has(key)) merged.set(key, issue);
    if (merged.size >= MAX_ISSUES) break;
  }
  return [...merged.values()];
}
