import type { IncomingMessage } from 'node:http';
import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterised = new RegExp(`^(${token}/${token})[ \\t]*;[ \\t]*charset=("?)utf-8\\2$`, 'i');
const bare = new RegExp(`^${token}/${token}$`);
const firstParameter = new RegExp(`^${token}/${token}[ \\t]*;[ \\t]*(${token})=("?)(${token})\\2[ \\t]*(;?)`);

/**
 * The media type of a request's body in lower case, `undefined` without one. Exact: the only parameter taken is `charset=utf-8`,
 * so that no second parser can read the header differently. Throws `HTTP_MEDIA_TYPE` naming what is `expected`, and what is not taken.
 */
export function readMediaType(value: string | undefined, expected: string): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'application/json') return value;
  if (bare.test(value)) return value.toLowerCase();
  const match = parameterised.exec(value);
  if (match === null) throw HTTP_ERRORS.MEDIA_TYPE({ expected, reason: reasonOf(value) });
  return match[1]?.toLowerCase();
}

/** The error for a body of a media type (as `readMediaType` gave it) that is not among the expected. */
export function wrongMediaType(mediaType: string | undefined, expected: string): AppError {
  return HTTP_ERRORS.MEDIA_TYPE({
    expected,
    reason: mediaType === undefined ? 'the request has no Content-Type' : `its Content-Type is ${mediaType.slice(0, 100)}`,
  });
}

// Quotes tokens only: whatever else the client wrote stays out of the sentence.
function reasonOf(value: string): string {
  const [, name = '', , content = '', more] = firstParameter.exec(value) ?? [];
  if (name === '') return 'its Content-Type is malformed';
  if (name.toLowerCase() !== 'charset') return `its Content-Type has the parameter ${name.slice(0, 40)}, and only charset=utf-8 is taken`;
  if (content.toLowerCase() !== 'utf-8') return `its charset is ${content.slice(0, 40)}, and only utf-8 is taken`;
  return more === '' ? 'its Content-Type is malformed' : 'its Content-Type has more than the parameter charset=utf-8';
}

/** Throws `HTTP_CONTENT_ENCODING` for a compressed body: the limit would hold for what arrives, not for what it becomes. */
export function checkContentEncoding(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw HTTP_ERRORS.CONTENT_ENCODING();
}
