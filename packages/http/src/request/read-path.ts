import { HTTP_ERRORS } from '../errors.js';

/**
 * What of odd paths is let through; each is refused unless it says `allow`. Two parsers read them differently, and that difference is
 * what path confusion attacks live on: allow one only where nothing before or behind this server judges by the path.
 */
export interface FirewallOptions {
  /** `;`, which begins a parameter of a segment for some servers. Here it is plain text. */
  readonly semicolon?: 'allow';
  /** `\`, which some take for a slash. Here it is plain text. */
  readonly backslash?: 'allow';
  /** `"`, `<`, `>`, `^`, `` ` ``, `{`, `|`, `}`, which RFC 3986 wants encoded. */
  readonly unsafeCharacters?: 'allow';
  /** `//`. Here it is an empty segment, never folded. */
  readonly emptySegments?: 'allow';
  /** The segments `.` and `..`, encoded or not. Here they are plain text, never resolved. */
  readonly dotSegments?: 'allow';
  /** `%2F`. Here it stays encoded, so that it never divides segments: decode the parameter yourself. */
  readonly encodedSlash?: 'allow';
  /** `%5C`. */
  readonly encodedBackslash?: 'allow';
  /** `%25` before two hex digits: a second encoding. It is decoded once. */
  readonly encodedPercent?: 'allow';
  /** Encoded control characters, NUL among them. */
  readonly encodedControls?: 'allow';
  /** U+2028 and U+2029, encoded: line ends to some. */
  readonly separators?: 'allow';
}

/** Gives the path as the router sees it: checked, then percent-decoded exactly once. Throws `HTTP_PATH`. */
export type PathReader = (raw: string) => string;

const PLAIN = 0;
const DOT = 1;
const SLASH = 2;
const PERCENT = 3;
const REFUSED = 4;

/** A reader that refuses what two parsers could read differently (after Spring's StrictHttpFirewall), but for what is let through. */
export function createPathReader(allowed: FirewallOptions = {}): PathReader {
  const classes = classesOf(allowed);
  const decode = createDecoder(allowed);
  const checkSegment = createSegmentCheck(allowed);
  return (raw) => {
    if (raw.charCodeAt(0) !== 0x2f) throw refuse('it does not start with "/"');
    let encoded = false;
    let start = 1;
    for (let index = 1; index <= raw.length; index++) {
      const code = index === raw.length ? 0x2f : raw.charCodeAt(index);
      const kind = code < 128 ? classes[code] : REFUSED;
      if (kind === PLAIN || kind === DOT) continue;
      if (kind === SLASH) {
        checkSegment(raw, start, index);
        start = index + 1;
      } else if (kind === PERCENT) encoded = true;
      else throw refuse('it holds a character that is not allowed there');
    }
    return encoded ? decode(raw) : raw;
  };
}

/** The reader that lets nothing odd through. */
export const readPath: PathReader = createPathReader();

// What a path character asks for. Raw control characters, spaces, "#" and other bytes than ASCII are never part of a path.
function classesOf(allowed: FirewallOptions): Uint8Array {
  const classes = new Uint8Array(128);
  const put = (characters: string, kind: number) => {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  };
  for (let code = 0; code < 128; code++) classes[code] = code <= 0x20 || code === 0x7f ? REFUSED : PLAIN;
  put('#', REFUSED);
  if (allowed.semicolon !== 'allow') put(';', REFUSED);
  if (allowed.backslash !== 'allow') put('\\', REFUSED);
  if (allowed.unsafeCharacters !== 'allow') put('<>"^`{|}', REFUSED);
  put('.', DOT);
  put('/', SLASH);
  put('%', PERCENT);
  return classes;
}

function createSegmentCheck({ emptySegments, dotSegments }: FirewallOptions): (raw: string, start: number, end: number) => void {
  const refuseEmpty = emptySegments !== 'allow';
  const refuseDots = dotSegments !== 'allow';
  return (raw, start, end) => {
    const length = end - start;
    if (length === 0 && end < raw.length && refuseEmpty) throw refuse('it holds an empty segment ("//")');
    if (length === 0 || raw.charCodeAt(start) !== 0x2e || !refuseDots) return;
    if (length === 1 || (length === 2 && raw.charCodeAt(start + 1) === 0x2e)) throw refuse('it holds the segment "." or ".."');
  };
}

const decodedDots = /(?:^|\/)\.\.?(?:\/|$)/;
// eslint-disable-next-line no-control-regex
const decodedControls = /[\u0000-\u001f\u007f-\u009f]/;
const decodedSeparators = /[\u2028\u2029]/;

function createDecoder(allowed: FirewallOptions): PathReader {
  const encodings = [
    ...(allowed.encodedControls === 'allow' ? [] : ['00']),
    ...(allowed.encodedSlash === 'allow' ? [] : ['2[fF]']),
    ...(allowed.encodedBackslash === 'allow' ? [] : ['5[cC]']),
    ...(allowed.encodedPercent === 'allow' ? [] : ['25[0-9a-fA-F]{2}']),
  ];
  const refused = encodings.length === 0 ? undefined : new RegExp(`%(?:${encodings.join('|')})`);
  return (raw) => {
    if (refused?.test(raw)) throw refuse('it holds an encoded slash, backslash, NUL or a double encoding');
    const path = decodeOrRefuse(raw, allowed.encodedSlash === 'allow');
    if (allowed.dotSegments !== 'allow' && decodedDots.test(path)) throw refuse('it holds an encoded "." or ".." segment');
    if (allowed.encodedControls !== 'allow' && decodedControls.test(path)) throw refuse('it holds an encoded control character');
    if (allowed.separators !== 'allow' && decodedSeparators.test(path)) throw refuse('it holds an encoded line or paragraph separator');
    return path;
  };
}

function decodeOrRefuse(raw: string, keepSlashes: boolean): string {
  try {
    // A slash that was decoded would divide segments that nobody divided.
    return keepSlashes ? raw.split(/%2f/i).map(decodeURIComponent).join('%2F') : decodeURIComponent(raw);
  } catch {
    throw refuse('its percent-encoding is not valid UTF-8');
  }
}

function refuse(reason: string): Error {
  return HTTP_ERRORS.PATH({ reason });
}
