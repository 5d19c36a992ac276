import type { FileHandle } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import type { RouteContext } from '../request/http-context.js';
import type { CacheOptions } from './cache-control.js';
import { mediaTypeOf } from './media-types.js';
import { openFile } from './open-file.js';

/** How a file is sent. */
export interface FileOptions {
  /** Default: by the file's extension; only where the contract's media type has a wildcard. */
  readonly contentType?: string;
  /** `weak` (default): of size and time of change. `strong`: a hash of the content, made once per version. `false`: none. */
  readonly etag?: 'weak' | 'strong' | false;
  /** Makes browsers save it under this name. */
  readonly download?: string;
  readonly cache?: CacheOptions;
}

/** A file below a folder. What leads out of it, a dot file and what is no plain file are a 404 (`HTTP_NO_FILE`). */
export interface FilePlace {
  /** The folder. */
  readonly root: string;
  /** Relative to it, with `/`. May be what a client says. */
  readonly path: string;
}

/** A file that was opened for one answer, which closes it. @internal */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  /** Changes with each version: size and time of change. */
  readonly version: string;
  readonly contentType: string;
  /** Of a file that is stored compressed. */
  readonly encoding?: string | undefined;
  /** Flat names and values. */
  readonly headers?: readonly string[];
}

/** Says how a file is compressed on its way, if at all. @internal */
export type FileCompressor = (context: RouteContext, contentType: string, size: number) => { encoding: string; stream: Transform } | null;

/** A file as the body of a reply; opened when it is written, so that one that is never written holds nothing open. Made by `file`. */
export class FileBody {
  /** @internal */ readonly open: (context: RouteContext) => Promise<OpenedFile>;
  /** @internal */ readonly options: FileOptions;
  /** @internal */ readonly compress: FileCompressor | null;

  /** @internal */
  constructor(open: (context: RouteContext) => Promise<OpenedFile>, options: FileOptions, compress: FileCompressor | null = null) {
    this.open = open;
    this.options = options;
    this.compress = compress;
  }

  /** @internal */
  compressedBy(compress: FileCompressor): FileBody {
    return new FileBody(this.open, this.options, compress);
  }
}

/**
 * A file as a reply's body, where the contract says `media(...)`: with ranges, ETag, Last-Modified, conditional requests (RFC 9110) and
 * HEAD. A path alone is the author's word; a path that a client had a part in is given with its `root`. A file that isn't there is a 404
 * (`HTTP_NO_FILE`).
 *
 * @example
 * get('/invoices/:name', { open: true, returns: media('application/pdf') }, ({ params }) => file({ root: 'invoices', path: params.name }));
 */
export function file(place: string | FilePlace, options: FileOptions = {}): FileBody {
  return new FileBody(async () => {
    const opened = await openFile(typeof place === 'string' ? { path: place } : place);
    return { ...opened, contentType: options.contentType ?? mediaTypeOf(typeof place === 'string' ? place : place.path) };
  }, options);
}
