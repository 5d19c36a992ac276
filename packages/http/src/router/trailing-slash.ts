import type { PathReader } from '../request/read-path.js';

/** How a slash at the end of a path is read. */
export type TrailingSlash = 'distinct' | 'redirect' | 'ignore';

/** A reader to which a slash at the end means nothing: router, guards and handlers see the path without it. */
export function withoutLastSlash(read: PathReader): PathReader {
  return (raw) => {
    const path = read(raw);
    return path.length > 1 && path.charCodeAt(path.length - 1) === 0x2f ? path.slice(0, -1) : path;
  };
}
