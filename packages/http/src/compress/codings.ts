import { Readable, type Transform } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { gatherText } from '../reply/gather-text.js';
import type { Coding } from './compress-options.js';

/** One content coding: of a whole body, beside the event loop, and of a stream. */
export interface Compressor {
  readonly whole: (body: string | Uint8Array) => Promise<Buffer>;
  /** With `flush` each piece goes out at once, for events and lines; without it more is saved. */
  readonly stream: (flush: boolean) => Transform;
}

const { constants } = zlib;

// Levels for bodies that are made for one request: most of the saving for little of the time.
const brotli = { [constants.BROTLI_PARAM_QUALITY]: 4 };
const gzipLevel = 6;

const brotliWhole = promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliCompress);
const gzipWhole = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);

/** The codings of this Node. */
export const COMPRESSORS: ReadonlyMap<Coding, Compressor> = new Map<Coding, Compressor>([
  [
    'br',
    {
      whole: (body) => brotliWhole(body, { params: { ...brotli, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }),
      stream: (flush) => zlib.createBrotliCompress({ params: brotli, ...(flush && { flush: constants.BROTLI_OPERATION_FLUSH }) }),
    },
  ],
  [
    'gzip',
    {
      whole: (body) => gzipWhole(body, { level: gzipLevel }),
      stream: (flush) => zlib.createGzip({ level: gzipLevel, ...(flush && { flush: constants.Z_SYNC_FLUSH }) }),
    },
  ],
  ...(typeof zlib.createZstdCompress === 'function' ? [['zstd', zstd()] as const] : []),
]);

function zstd(): Compressor {
  const whole = promisify<zlib.InputType, Buffer>(zlib.zstdCompress);
  return {
    whole: (body) => whole(body),
    stream: (flush) => zlib.createZstdCompress(flush ? { flush: constants.ZSTD_e_flush } : {}),
  };
}

/** Any source of bytes as a Node stream, which ends its source when it is destroyed. */
export function toReadable(source: Readable | ReadableStream | AsyncIterable<unknown>): Readable {
  if (source instanceof Readable) return source;
  return source instanceof ReadableStream ? Readable.fromWeb(source as never) : Readable.from(gatherText(source[Symbol.asyncIterator]()));
}
