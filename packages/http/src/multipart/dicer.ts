import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';

/** Splits the bytes of a multipart body at its boundary, and gives each part with its headers. */
export type Splitter = InstanceType<typeof Dicer>;

/** The headers of a part: names in lower case, values as Latin-1 texts of their bytes. Without a prototype. */
export type RawPartHead = Readonly<Record<string, readonly string[]>>;

/** One part as it comes: an event `header`, then its bytes. */
export type RawPart = Readable;

/** Bytes of the headers of one part that are kept; the rest is dropped unread. */
export const HEAD_BYTES = 16 * 1024;

/** Headers of one part that are kept. */
export const HEAD_LINES = 10;

/** A splitter for one body. It gives every part, even one without headers; what a part may be is judged by us. */
export function createSplitter(boundary: string): Splitter {
  return new Dicer({ boundary, maxHeaderPairs: HEAD_LINES, maxHeaderSize: HEAD_BYTES } as ConstructorParameters<typeof Dicer>[0]);
}
