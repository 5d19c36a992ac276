import type { IncomingMessage } from 'node:http';
import { HTTP_ERRORS } from '../errors.js';

const parameterised = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*;[ \t]*charset=("?)utf-8\2$/i;
const bare = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * The media type of a request's body in lower case, `undefined` without one. Exact: the only parameter taken is `charset=utf-8`,
 * so that no second parser can read the header differently. Throws `HTTP_MEDIA_TYPE` naming what is `expected`.
 */
export function readMediaType(value: string | undefined, expected: string): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'application/json') return value;
  if (bare.test(value)) return value.toLowerCase();
  const match = parameterised.exec(value);
  if (match === null) throw HTTP_ERRORS.MEDIA_TYPE({ expected });
  return match[1]?.toLowerCase();
}

/** Throws `HTTP_CONTENT_ENCODING` for a compressed body: the limit would hold for what arrives, not for what it becomes. */
export function checkContentEncoding(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') throw HTTP_ERRORS.CONTENT_ENCODING();
}
