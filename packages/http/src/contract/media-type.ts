import type { Readable } from 'node:stream';

/** Stands in a contract's `returns` for a body that is written as it is, under this media type. */
export interface MediaType {
  readonly mediaType: string;
}

/** What a handler may give where the contract says a media type: a text, bytes, or a stream of either. */
export type MediaBody = string | Uint8Array | Readable | ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * A body of this media type, written as it is: `returns: { 200: media('text/csv') }`. Texts are sent as UTF-8.
 * Nothing is serialized or checked; use a schema for JSON.
 */
export function media(mediaType: string): MediaType {
  return { mediaType };
}

/** Whether an entry of `returns` is a media type, not a schema. */
export function isMediaType(entry: unknown): entry is MediaType {
  return (
    typeof entry === 'object' && entry !== null && typeof (entry as MediaType).mediaType === 'string' && Object.keys(entry).length === 1
  );
}
