import type { Part, PathPattern, Segment } from './parse-pattern.js';

const FEW = 16;

interface StaticChild<T> {
  readonly text: string;
  /** Code of the last character. */
  readonly last: number;
  readonly node: SegmentTree<T>;
}

/** One position in a path; each node is visited at most once by a lookup, so a lookup is bounded by the tree's size. */
export class SegmentTree<T> {
  private statics: Map<string, SegmentTree<T>> | null = null;
  /** The static children while they are few: comparing is cheaper than cutting out a text and hashing it. */
  private few: StaticChild<T>[] | null = null;
  private mixed: { readonly parts: readonly Part[]; readonly shape: string; readonly node: SegmentTree<T> }[] | null = null;
  private param: SegmentTree<T> | null = null;
  private wildcard: T | undefined = undefined;
  private leaf: T | undefined = undefined;

  /** Adds a pattern's segments, from the one at `index` on. */
  add(pattern: PathPattern, value: T, index = 0): void {
    const segment = pattern.segments[index];
    if (segment === undefined) this.leaf = value;
    else if (segment.kind === 'wildcard') this.wildcard = value;
    else this.childFor(segment).add(pattern, value, index + 1);
  }

  /**
   * Looks up the path from the character at `start` (just after a slash) on. Values are cut from `source`: the path itself, or, where
   * case does not matter and `path` is folded, the path as it was sent.
   */
  find(path: string, source: string, start: number, values: string[]): T | undefined {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const child = this.staticChild(path, start, end);
    if (child !== undefined) {
      const found = slash === -1 ? child.leaf : child.find(path, source, slash + 1, values);
      if (found !== undefined) return found;
    }
    if (end > start) {
      if (this.mixed !== null) {
        const found = this.findMixed(path, source, start, end, values);
        if (found !== undefined) return found;
      }
      if (this.param !== null) {
        const depth = values.length;
        values.push(source.slice(start, end));
        const found = slash === -1 ? this.param.leaf : this.param.find(path, source, slash + 1, values);
        if (found !== undefined) return found;
        values.length = depth;
      }
    }
    if (this.wildcard !== undefined && start < path.length) {
      values.push(source.slice(start));
      return this.wildcard;
    }
    return undefined;
  }

  private staticChild(path: string, start: number, end: number): SegmentTree<T> | undefined {
    if (this.statics === null) return undefined;
    if (this.few === null) return this.statics.get(path.slice(start, end));
    const length = end - start;
    // Names of one API often begin alike, so the last character tells them apart soonest.
    const last = length === 0 ? 0 : path.charCodeAt(end - 1);
    for (const child of this.few)
      if (child.last === last && child.text.length === length && path.startsWith(child.text, start)) return child.node;
    return undefined;
  }

  private findMixed(path: string, source: string, start: number, end: number, values: string[]): T | undefined {
    const depth = values.length;
    const text = path.slice(start, end);
    const sent = source.slice(start, end);
    for (const edge of this.mixed ?? []) {
      if (matchParts(edge.parts, text, sent, values)) {
        const found = end === path.length ? edge.node.leaf : edge.node.find(path, source, end + 1, values);
        if (found !== undefined) return found;
      }
      values.length = depth;
    }
    return undefined;
  }

  private childFor(segment: Exclude<Segment, { kind: 'wildcard' }>): SegmentTree<T> {
    if (segment.kind === 'param') return (this.param ??= new SegmentTree());
    if (segment.kind === 'mixed') return this.mixedChild(segment.parts);
    this.statics ??= new Map();
    let child = this.statics.get(segment.text);
    if (child === undefined) {
      this.statics.set(segment.text, (child = new SegmentTree()));
      this.few =
        this.statics.size > FEW
          ? null
          : [...this.statics].map(([text, node]) => ({ text, last: text === '' ? 0 : text.charCodeAt(text.length - 1), node }));
    }
    return child;
  }

  private mixedChild(parts: readonly Part[]): SegmentTree<T> {
    const shape = parts.map((part) => part.text ?? ':').join('');
    this.mixed ??= [];
    const known = this.mixed.find((edge) => edge.shape === shape);
    if (known !== undefined) return known.node;
    const node = new SegmentTree<T>();
    this.mixed.push({ parts, shape, node });
    // The one with the most fixed text first, so that the order of registration never matters.
    this.mixed.sort((a, b) => fixedLength(b.parts) - fixedLength(a.parts) || (a.shape < b.shape ? -1 : 1));
    return node;
  }
}

/** Matches one segment in a single pass: a parameter ends where the next fixed text first occurs, the last one takes the rest. */
function matchParts(parts: readonly Part[], text: string, sent: string, values: string[]): boolean {
  const suffix = parts.at(-1)?.text ?? '';
  if (!text.endsWith(suffix)) return false;
  const stop = text.length - suffix.length;
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part.text !== undefined) {
      if (index === parts.length - 1) return at === stop;
      if (!text.startsWith(part.text, at)) return false;
      at += part.text.length;
    } else {
      const next = parts[index + 1]?.text;
      const end = next === undefined || index + 1 === parts.length - 1 ? stop : text.indexOf(next, at + 1);
      if (end <= at || end > stop) return false;
      values.push(sent.slice(at, end));
      at = end;
    }
  }
  return at === stop;
}

function fixedLength(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + (part.text?.length ?? 0), 0);
}
