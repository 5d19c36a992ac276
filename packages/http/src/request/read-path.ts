import { HTTP_ERRORS } from '../errors.js';

const PLAIN = 0;
const DOT = 1;
const SLASH = 2;
const PERCENT = 3;
const REFUSED = 4;

// What a path character asks for. RFC 3986 allows more than we do: ";" starts a path parameter for some servers behind
// or before us and plain text for others, and that difference is what path confusion attacks live on.
const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) CLASSES[code] = code <= 0x20 || code === 0x7f ? REFUSED : PLAIN;
for (const character of '\\;#<>"^`{|}') CLASSES[character.charCodeAt(0)] = REFUSED;
CLASSES[0x2e] = DOT;
CLASSES[0x2f] = SLASH;
CLASSES[0x25] = PERCENT;

/**
 * The path as the router sees it: checked, then percent-decoded exactly once. Throws `HTTP_PATH` for a path that two
 * parsers could read differently (after Spring's StrictHttpFirewall).
 */
export function readPath(raw: string): string {
  if (raw.charCodeAt(0) !== 0x2f) throw refuse('it does not start with "/"');
  let encoded = false;
  let start = 1;
  for (let index = 1; index <= raw.length; index++) {
    const code = index === raw.length ? 0x2f : raw.charCodeAt(index);
    const kind = code < 128 ? CLASSES[code] : REFUSED;
    if (kind === PLAIN || kind === DOT) continue;
    if (kind === SLASH) {
      checkSegment(raw, start, index);
      start = index + 1;
    } else if (kind === PERCENT) encoded = true;
    else throw refuse('it holds a character that is not allowed there');
  }
  return encoded ? decodePath(raw) : raw;
}

function checkSegment(raw: string, start: number, end: number): void {
  const length = end - start;
  if (length === 0 && end < raw.length) throw refuse('it holds an empty segment ("//")');
  if (length === 0 || raw.charCodeAt(start) !== 0x2e) return;
  if (length === 1 || (length === 2 && raw.charCodeAt(start + 1) === 0x2e)) throw refuse('it holds the segment "." or ".."');
}

const encodedRefused = /%(?:00|2[fF]|5[cC]|25[0-9a-fA-F]{2})/;
const decodedDots = /(?:^|\/)\.\.?(?:\/|$)/;
const decodedRefused = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function decodePath(raw: string): string {
  if (encodedRefused.test(raw)) throw refuse('it holds an encoded slash, backslash, NUL or a double encoding');
  const path = decodeOrRefuse(raw);
  if (decodedDots.test(path)) throw refuse('it holds an encoded "." or ".." segment');
  if (decodedRefused.test(path)) throw refuse('it holds an encoded control character');
  return path;
}

function decodeOrRefuse(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw refuse('its percent-encoding is not valid UTF-8');
  }
}

function refuse(reason: string): Error {
  return HTTP_ERRORS.PATH({ reason });
}
