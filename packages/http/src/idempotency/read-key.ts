import { HTTP_ERRORS } from '../errors.js';

/** Most characters of a key. */
const LONGEST = 255;

// draft-ietf-httpapi-idempotency-key-header-07: a string of structured fields (RFC 9651, 3.3.3), in quotes. The services that had
// the header before the draft take it without; no key means two things that way.
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"$/;
const bare = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** The key of an `Idempotency-Key` header, with or without its quotes. Throws `HTTP_IDEMPOTENCY_KEY` for a malformed one. */
export function readKey(header: string): string {
  const text = header.trim();
  const key = quoted.exec(text)?.[1]?.replace(/\\(["\\])/g, '$1') ?? (bare.test(text) ? text : undefined);
  if (key === undefined)
    throw HTTP_ERRORS.IDEMPOTENCY_KEY({ reason: 'must be one text in quotes, such as "8e03978e-40d5-43e8-bc93-6894a57f9324"' });
  if (key.length > LONGEST) throw HTTP_ERRORS.IDEMPOTENCY_KEY({ reason: `must not be longer than ${LONGEST} characters` });
  return key;
}
