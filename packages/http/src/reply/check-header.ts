import { HTTP_ERRORS } from '../errors.js';

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// field-content in Latin-1 without line breaks, NUL and other controls (RFC 9110, 5.5).
const text = /^[\t\x20-\x7e\x80-\xff]*$/;
// Framing and connection management are the server's: a second opinion on them is how responses are split or smuggled.
const reserved = new Set(['connection', 'content-length', 'date', 'keep-alive', 'trailer', 'transfer-encoding', 'upgrade', 'x-request-id']);

/** Throws `HTTP_HEADER` for a header that would corrupt the response, inside the author's code rather than when it is written. */
export function checkHeader(name: string, value: unknown): void {
  if (typeof name !== 'string' || !token.test(name)) throw refuse(name, 'its name is not a token');
  if (reserved.has(name.toLowerCase())) throw refuse(name, 'the server sets it itself');
  if (typeof value !== 'string') throw refuse(name, 'its value is not a text');
  if (!text.test(value)) throw refuse(name, 'its value holds a line break or a character outside of Latin-1');
}

function refuse(name: unknown, reason: string): Error {
  return HTTP_ERRORS.HEADER({ name: JSON.stringify(String(name)), reason });
}
