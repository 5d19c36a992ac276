/** What caches may do with an answer (RFC 9111, 5.2.2; RFC 8246; RFC 5861). Times in seconds. */
export interface CacheOptions {
  /** Seconds for which an answer is fresh. */
  readonly maxAge?: number;
  /** Seconds in shared caches, instead of `maxAge`. */
  readonly sharedMaxAge?: number;
  /** Whether shared caches may keep it. `private` keeps it in the browser of one user. */
  readonly scope?: 'public' | 'private';
  /** It is never stored, by anybody; everything else is left out. */
  readonly noStore?: boolean;
  /** It may be stored, but not used without asking (ETag). */
  readonly noCache?: boolean;
  /** It must not be used once it is stale. */
  readonly mustRevalidate?: boolean;
  /** It never changes under this URL. */
  readonly immutable?: boolean;
  /** Nobody on the way may compress or convert it. */
  readonly noTransform?: boolean;
  /** Seconds for which a stale answer may be used while a fresh one is fetched. */
  readonly staleWhileRevalidate?: number;
  /** Seconds for which a stale answer may be used when a fresh one cannot be had. */
  readonly staleIfError?: number;
}

/**
 * The value of a `Cache-Control` header. Throws `RangeError` for a time that is not a whole number of seconds.
 *
 * @example
 * cacheControl({ scope: 'public', maxAge: 60, staleWhileRevalidate: 30 }); // public, max-age=60, stale-while-revalidate=30
 */
export function cacheControl(options: CacheOptions): string {
  const { scope, noCache, mustRevalidate, immutable, noTransform } = options;
  if (options.noStore === true) return 'no-store';
  const words: string[] = [];
  if (scope !== undefined) words.push(scope);
  if (noCache === true) words.push('no-cache');
  addTime(words, 'max-age', options.maxAge);
  addTime(words, 's-maxage', options.sharedMaxAge);
  if (mustRevalidate === true) words.push('must-revalidate');
  if (immutable === true) words.push('immutable');
  if (noTransform === true) words.push('no-transform');
  addTime(words, 'stale-while-revalidate', options.staleWhileRevalidate);
  addTime(words, 'stale-if-error', options.staleIfError);
  return words.length === 0 ? 'no-cache' : words.join(', ');
}

function addTime(words: string[], name: string, seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new RangeError(`${name} must be a whole number of seconds, not ${seconds}.`);
  words.push(`${name}=${seconds}`);
}
