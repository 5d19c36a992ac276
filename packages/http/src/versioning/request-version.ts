import type { RouteContext } from '../request/http-context.js';
import type { HttpContext } from '../contract/context-of.js';
import type { VersioningOptions } from './versioning-options.js';

/** Reads which version a request asks for; `undefined` where it says none. */
export type VersionReader = (context: RouteContext) => string | undefined;

/** Whether versions are told apart by the request's headers, not by its path. */
export function isByRequest(versioning: VersioningOptions | undefined): versioning is Exclude<VersioningOptions, { by: 'path' }> {
  return versioning !== undefined && versioning.by !== 'path';
}

/** The reader of a way of versioning. */
export function createVersionReader(versioning: Exclude<VersioningOptions, { by: 'path' }>): VersionReader {
  const read = readerOf(versioning);
  const standard = versioning.default;
  return standard === undefined ? read : (context) => read(context) ?? standard;
}

/** What `Vary` says of answers that depend on the version. */
export function varyOf(versioning: Exclude<VersioningOptions, { by: 'path' }>): string | undefined {
  if (versioning.by === 'header') return versioning.name ?? DEFAULT_HEADER;
  return versioning.by === 'media-type' ? 'Accept' : versioning.vary;
}

/** The header of `by: 'header'`. */
export const DEFAULT_HEADER = 'API-Version';

function readerOf(versioning: Exclude<VersioningOptions, { by: 'path' }>): VersionReader {
  if (versioning.by === 'media-type') return (context) => versionIn(context.request.headers.accept);
  if (versioning.by === 'header') {
    const name = (versioning.name ?? DEFAULT_HEADER).toLowerCase();
    return (context) => context.header(name)?.trim() || undefined;
  }
  const { by } = versioning;
  return (context) => by(context as unknown as HttpContext);
}

const parameter = /^\s*v(?:ersion)?\s*=\s*"?([A-Za-z0-9._-]{1,32})"?\s*$/i;
const vendor = /^application\/vnd\.[a-z0-9!#$&^_.-]{1,64}?\.v([a-z0-9][a-z0-9._-]{0,31})(?:\+[a-z0-9]+)?$/i;

/** The version in an `Accept` header: that of the first media type that says one. */
export function versionIn(accept: string | undefined): string | undefined {
  if (accept === undefined) return undefined;
  for (const entry of accept.split(',')) {
    const [type = '', ...parameters] = entry.split(';');
    for (const text of parameters) {
      const found = parameter.exec(text)?.[1];
      if (found !== undefined) return found;
    }
    const found = vendor.exec(type.trim())?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}
