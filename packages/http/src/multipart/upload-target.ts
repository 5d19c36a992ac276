import type { Readable } from 'node:stream';

/** What is known of a file while it is being stored. */
export interface UploadInfo {
  /** The client's file name as a safe label. Keys are never made from it. */
  readonly name: string;
  /** By its bytes; `application/octet-stream` for none that is known. */
  readonly type: string;
  /** Aborted when the request is given up. */
  readonly signal: AbortSignal;
}

/** Where uploaded files are put: a folder, an object store, a disk of a storage package. */
export interface UploadTarget {
  /** Stores everything that `content` gives. When it fails, or `content` does, nothing may remain under the key. */
  write(key: string, content: Readable, info: UploadInfo): Promise<unknown>;
  /** Removes what is stored under the key; nothing to remove is no error. */
  remove(key: string): Promise<unknown>;
  /** Gives it back. Without it, files in this target can be kept, but neither read nor moved. */
  read?(key: string): Readable | AsyncIterable<Uint8Array> | Promise<Readable | AsyncIterable<Uint8Array>>;
}

/** Whether a value is a target, not a key under which the container holds one. */
export function isUploadTarget(value: unknown): value is UploadTarget {
  return typeof value === 'object' && value !== null && typeof (value as UploadTarget).write === 'function';
}
