import type { IncomingMessage } from 'node:http';
import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameterised = new RegExp(`^(${token}/${token})[ \\t]*;[ \\t]*charset=("?)utf-8\\2$`, 'i');
const bare = new RegExp(`^${token}/${token}$`);
const firstParameter = new RegExp(`^${token}/${token}[ \\t]*;[ \\t]*(${token})=("?)(${token})\\2[ \\t]*(;?)`);
const form = 'multipart/form-data';
// RFC 2046, 5.1.1: at most 70 of these characters, the last of them no space. A token holds some of them only.
const formBoundary = new RegExp(
  `^${form}[ \\t]*;[ \\t]*boundary=(?:([-'+_.0-9a-z]{1,70})|"([-'()+_,./:=?0-9a-z ]{0,69}[-'()+_,./:=?0-9a-z])")$`,
  'i',
);

/**
 * The media type of a request's body in lower case, `undefined` without one. Exact: the only parameter taken is `charset=utf-8`,
 * so that no second parser can read the header differently, and of a multipart form its boundary. Throws `HTTP_MEDIA_TYPE` naming what is
 * `expected`, and what is not taken; `HTTP_MULTIPART` for a bad boundary where forms are expected.
 */
export function readMediaType(value: string | undefined, expected: string): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'application/json') return value;
  if (bare.test(value)) return value.toLowerCase();
  const match = parameterised.exec(value);
  if (match !== null) return match[1]?.toLowerCase();
  if (formBoundary.test(value)) return form;
  if (expected.includes(form) && value.slice(0, form.length).toLowerCase() === form)
    throw HTTP_ERRORS.MULTIPART({ reason: 'its Content-Type has no boundary of 1 to 70 characters, or more than a boundary' });
  throw HTTP_ERRORS.MEDIA_TYPE({ expected, reason: reasonOf(value) });
}

/** The boundary of a multipart form whose Content-Type `readMediaType` has taken. Throws `HTTP_MULTIPART` where there is none. */
export function readBoundary(value: string | undefined): string {
  const match = formBoundary.exec(value ?? '');
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw HTTP_ERRORS.MULTIPART({ reason: 'its Content-Type has no boundary' });
  return boundary;
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
