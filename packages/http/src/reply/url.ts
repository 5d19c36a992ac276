import type { ParamNames, PathParams } from '../contract/path-params.js';
import { HTTP_ERRORS } from '../errors.js';
import { parsePattern, type PathPattern, type Segment } from '../router/parse-pattern.js';

/** A value of a path or a query. */
export type UrlValue = string | number | bigint | boolean;

/** What stands behind the path. */
export interface UrlOptions {
  /** A list becomes a repeated parameter; `undefined` leaves one out. */
  readonly query?: { readonly [name: string]: UrlValue | readonly UrlValue[] | undefined };
  /** Without `#`. */
  readonly hash?: string;
}

/** The values of a path's parameters. */
export type UrlParams<Path extends string> = { readonly [Name in keyof PathParams<Path>]: UrlValue };

type UrlArguments<Path extends string> = string extends Path
  ? [params?: { readonly [name: string]: UrlValue }, options?: UrlOptions]
  : [ParamNames<Path>] extends [never]
    ? [params?: { readonly [name: string]: never }, options?: UrlOptions]
    : [params: UrlParams<Path>, options?: UrlOptions];

/**
 * The path and query of a route with every part encoded (ASVS 1.2.2), typed by the path. Throws `HTTP_URL` for a value that is missing
 * or that would be another path: empty, `.` or `..`.
 *
 * @example
 * url('/orders/:id', { id: 'a/b' }, { query: { page: 2 } }); // /orders/a%2Fb?page=2
 */
export function url<const Path extends string>(path: Path, ...[params, options]: UrlArguments<Path>): string {
  const values = (params ?? {}) as { readonly [name: string]: UrlValue | undefined };
  const pattern = patternOf(path, values);
  const text = `/${pattern.segments.map((segment) => writeSegment(path, segment, values)).join('/')}`;
  const query = queryText(path, options?.query);
  return text + (query === '' ? '' : `?${query}`) + (options?.hash === undefined ? '' : `#${encode(path, options.hash)}`);
}

/** Of a path with an optional last parameter, the one without it where its value is absent. */
function patternOf(path: string, values: { readonly [name: string]: UrlValue | undefined }): PathPattern {
  const [first, whole] = parsePattern(path);
  return (whole !== undefined && values[whole.names.at(-1) as string] !== undefined ? whole : first) as PathPattern;
}

function writeSegment(path: string, segment: Segment, values: { readonly [name: string]: UrlValue | undefined }): string {
  const value = (name: string) => {
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    if (given === undefined || given === null) throw HTTP_ERRORS.URL({ path, reason: `the parameter "${name}" has no value` });
    return String(given);
  };
  if (segment.kind === 'static') return encodeURI(segment.text);
  if (segment.kind === 'wildcard')
    return value(segment.name)
      .split('/')
      .map((part) => checkSegment(path, segment.name, encode(path, part)))
      .join('/');
  if (segment.kind === 'param') return checkSegment(path, segment.name, encode(path, value(segment.name)));
  const text = segment.parts.map((part) => part.text ?? encode(path, value(part.name))).join('');
  return checkSegment(path, segment.parts.map((part) => part.name ?? part.text).join(''), text);
}

// Browsers resolve these however they are encoded: the URL would be that of another route.
function checkSegment(path: string, name: string, text: string): string {
  if (text !== '' && text !== '.' && text !== '..') return text;
  throw HTTP_ERRORS.URL({ path, reason: `the parameter "${name}" is ${text === '' ? 'empty' : `"${text}"`}` });
}

function queryText(path: string, query: UrlOptions['query'] = {}): string {
  return Object.entries(query)
    .flatMap(([name, given]) =>
      (Array.isArray(given) ? (given as readonly UrlValue[]) : [given as UrlValue | undefined])
        .filter((value) => value !== undefined)
        .map((value) => `${encode(path, name)}=${encode(path, String(value))}`),
    )
    .join('&');
}

function encode(path: string, text: string): string {
  if (!text.isWellFormed()) throw HTTP_ERRORS.URL({ path, reason: 'a value holds half of a surrogate pair' });
  return encodeURIComponent(text);
}
