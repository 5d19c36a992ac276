import { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { BodyReader, PlannedReader } from './body-plan.js';
import { BodyStream } from './body-stream.js';

const token = "[!#$%&'*+.^_`|~0-9a-z-]+";
const name = "[!#$%&'+.^_`|~0-9a-z-]+";
const mediaRange = new RegExp(`^(?:\\*/\\*|${name}/(?:\\*|\\*\\+${name}|${name}))$`);

/**
 * A body format of your own, for `accepts` of a contract, a controller, a module or `HttpModule`. Where several match a request, the
 * exact one reads it, then one by ending, by kind, and `*` last. Throws `HTTP_BODY_READER` for what is no media type or limit.
 *
 * @example
 * const hal = defineBodyReader({ mediaType: 'application/*+json', limit: 1024 * 1024, read: (bytes) => JSON.parse(bytes.toString()) });
 */
export function defineBodyReader<R extends BodyReader>(reader: R): R {
  const { mediaType, limit } = reader;
  if (!mediaRange.test(mediaType)) throw HTTP_ERRORS.BODY_READER({ mediaType, reason: 'its media type is not one in lower case' });
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw HTTP_ERRORS.BODY_READER({ mediaType, reason: `its limit ${limit} is not a number of bytes` });
  if ((reader.read === undefined) === (reader.stream === undefined))
    throw HTTP_ERRORS.BODY_READER({ mediaType, reason: 'it needs either `read` or `stream`' });
  return reader;
}

/** A reader of an author, ready for the hot path. @internal */
export function planReader(reader: BodyReader): PlannedReader {
  defineBodyReader(reader);
  const { mediaType, limit } = reader;
  const { stream } = reader;
  return {
    mediaType,
    limit,
    pattern: patternOf(reader),
    read: reader.read === undefined ? null : (bytes, type) => readGuarded(reader.read, bytes, type),
    open: stream === undefined ? null : (context, most, type) => stream.call(reader, new BodyStream(context, most), type),
  };
}

/** The most specific first; of equals, the one that was listed first. @internal */
export function bySpecificity(a: PlannedReader, b: PlannedReader): number {
  return rank(a.mediaType) - rank(b.mediaType);
}

function rank(mediaType: string): number {
  if (mediaType === '*/*') return 3;
  if (mediaType.endsWith('/*')) return 2;
  return mediaType.includes('/*') ? 1 : 0;
}

function patternOf({ mediaType, matches }: BodyReader): RegExp | null {
  if (matches === undefined && rank(mediaType) === 0) return null;
  const wild = mediaType.split('*').map(escapePattern).join(token);
  const range = new RegExp(`^${wild}$`);
  if (matches === undefined) return range;
  // Without the flags that make a pattern remember where it stood.
  const own = new RegExp(matches.source, matches.flags.replaceAll(/[gy]/g, ''));
  return new RegExp(`(?=${range.source})(?:${own.source})`, own.flags);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.+^$|*/-]/g, '\\$&');
}

function readGuarded(read: (bytes: Buffer, mediaType: string) => unknown, bytes: Buffer, mediaType: string): unknown {
  try {
    const value = read(bytes, mediaType);
    return value instanceof Promise ? value.catch((error: unknown) => refuse(error, mediaType)) : value;
  } catch (error) {
    return refuse(error, mediaType);
  }
}

// What a decoder throws is the fault of the bytes; an error of a family says so itself.
function refuse(error: unknown, mediaType: string): never {
  if (error instanceof AppError) throw error;
  throw HTTP_ERRORS.BODY_FORMAT({ mediaType }, { cause: error });
}
