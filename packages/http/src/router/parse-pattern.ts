import { HTTP_ERRORS } from '../errors.js';

/** One piece of a segment: fixed text, or a parameter's name. */
export type Part = { readonly text: string; readonly name?: undefined } | { readonly name: string; readonly text?: undefined };

/** What stands between two slashes of a route path. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'mixed'; readonly parts: readonly Part[] }
  | { readonly kind: 'wildcard'; readonly name: string };

/** A route path, parsed. A path with an optional last parameter gives two of them. */
export interface PathPattern {
  /** The path as the author wrote it. */
  readonly source: string;
  readonly segments: readonly Segment[];
  /** Names of the parameters, in the order of their values. */
  readonly names: readonly string[];
  /** The path without the parameters' names: two patterns of one shape match the same paths. */
  readonly shape: string;
}

const parameterName = /^[A-Za-z0-9_]+/;
const refusedNames = new Set(['__proto__', 'constructor', 'prototype']);
// What the checks before routing never let through can't be part of a route (see request/read-path.ts).
const refusedText = /[\u0000-\u0020\u007f\\;%?#{}()<>"^`|\u2028\u2029]/;

/**
 * Parses a route path: `/text`, `:name`, `:name?` (last), `*rest` (last), and several parameters with text between
 * them (`:a.:b`). Throws `HTTP_PATTERN`.
 */
export function parsePattern(source: string): readonly PathPattern[] {
  if (!source.startsWith('/')) throw refuse(source, 'it does not start with "/"');
  const texts = source.slice(1).split('/');
  const last = texts.length - 1;
  const segments: Segment[] = [];
  let optional = false;
  for (const [index, text] of texts.entries()) {
    if (text === '' && index < last) throw refuse(source, 'it holds an empty segment');
    if (text === '.' || text === '..') throw refuse(source, `it holds the segment "${text}"`);
    if (text.endsWith('?') && text.startsWith(':')) {
      if (index < last) throw refuse(source, `only the last segment may be optional, "${text}" is not`);
      optional = true;
      segments.push(parseSegment(source, text.slice(0, -1), true));
    } else segments.push(parseSegment(source, text, index === last));
  }
  const whole = toPattern(source, segments);
  return optional ? [toPattern(source, withoutLast(segments)), whole] : [whole];
}

function parseSegment(source: string, text: string, last: boolean): Segment {
  if (text.startsWith('*')) {
    if (!last) throw refuse(source, `the wildcard "${text}" is not the last segment`);
    return { kind: 'wildcard', name: readName(source, text.slice(1), text) };
  }
  const parts = parseParts(source, text);
  const first = parts[0];
  if (first === undefined) return { kind: 'static', text: '' };
  if (parts.length > 1) return { kind: 'mixed', parts };
  return first.name === undefined ? { kind: 'static', text: first.text } : { kind: 'param', name: first.name };
}

function parseParts(source: string, text: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== '') {
    if (rest.startsWith(':')) {
      if (parts.at(-1)?.name !== undefined) throw refuse(source, `"${text}" has two parameters with no text between them`);
      const name = readName(source, parameterName.exec(rest.slice(1))?.[0] ?? '', rest);
      parts.push({ name });
      rest = rest.slice(1 + name.length);
    } else {
      const colon = rest.indexOf(':');
      const fixed = colon === -1 ? rest : rest.slice(0, colon);
      if (refusedText.test(fixed) || fixed.includes('*')) throw refuse(source, `"${fixed}" holds a character that is not allowed`);
      parts.push({ text: fixed });
      rest = rest.slice(fixed.length);
    }
  }
  return parts;
}

function readName(source: string, name: string, shown: string): string {
  if (parameterName.exec(name)?.[0] !== name) throw refuse(source, `"${shown}" has no parameter name of letters, digits and "_"`);
  if (refusedNames.has(name)) throw refuse(source, `"${name}" cannot be a parameter's name`);
  return name;
}

function toPattern(source: string, segments: readonly Segment[]): PathPattern {
  const names = segments.flatMap(namesOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw refuse(source, `it holds the parameter "${twice}" twice`);
  return { source, segments, names, shape: `/${segments.map(shapeOf).join('/')}` };
}

function namesOf(segment: Segment): readonly string[] {
  if (segment.kind === 'static') return [];
  if (segment.kind === 'mixed') return segment.parts.flatMap((part) => (part.name === undefined ? [] : [part.name]));
  return [segment.name];
}

function shapeOf(segment: Segment): string {
  if (segment.kind === 'static') return segment.text;
  if (segment.kind === 'mixed') return segment.parts.map((part) => part.text ?? ':').join('');
  return segment.kind === 'param' ? ':' : '*';
}

// "/users/:id?" also answers "/users"; "/:id?" also answers "/".
function withoutLast(segments: readonly Segment[]): readonly Segment[] {
  return segments.length === 1 ? [{ kind: 'static', text: '' }] : segments.slice(0, -1);
}

function refuse(path: string, reason: string): Error {
  return HTTP_ERRORS.PATTERN({ path: JSON.stringify(path), reason });
}
