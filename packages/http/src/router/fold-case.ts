import type { PathPattern, Segment } from './parse-pattern.js';

/**
 * A path for routers to whom case does not matter. Only the letters A to Z are folded: Unicode's rules change the length of a text, and
 * make one letter of two that a guard tells apart (the Kelvin sign and "k").
 */
export function foldCase(path: string): string {
  return capitals.test(path) ? path.replace(runsOfCapitals, (text) => text.toLowerCase()) : path;
}

/** A pattern with its fixed text folded; names of parameters stay. */
export function foldPattern(pattern: PathPattern): PathPattern {
  return { ...pattern, segments: pattern.segments.map(foldSegment), shape: foldCase(pattern.shape) };
}

const capitals = /[A-Z]/;
const runsOfCapitals = /[A-Z]+/g;

function foldSegment(segment: Segment): Segment {
  if (segment.kind === 'static') return { ...segment, text: foldCase(segment.text) };
  if (segment.kind !== 'mixed') return segment;
  return { ...segment, parts: segment.parts.map((part) => (part.text === undefined ? part : { text: foldCase(part.text) })) };
}
