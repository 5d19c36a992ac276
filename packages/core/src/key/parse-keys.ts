import { createHash } from 'node:crypto';
import type { Problem } from '../errors/boot-error.js';
import { toProblem } from '../errors/define-errors.js';
import { SERVICE_ERRORS } from '../errors/service-errors.js';

/** Length of a key in bytes. */
export const keyLength = 32;

// Keys that are made from a word by hashing it, as examples on the web do.
const knownWords = [
  '',
  'secret',
  'changeme',
  'change-me',
  'password',
  'key',
  'app_key',
  'appkey',
  'test',
  'dev',
  'development',
  'default',
  'example',
  'plinth',
  'insecure',
];

/** What reading `APP_KEY` gave: the keys, current first; or what is wrong with them, without printing them. */
export interface ParsedKeys {
  readonly keys: readonly Buffer[];
  readonly problems: readonly Problem[];
}

/** Reads `APP_KEY`: keys of 32 bytes in base64 or base64url, the current one first, separated by commas. */
export function parseKeys(text: string, options: { readonly production: boolean }): ParsedKeys {
  const keys: Buffer[] = [];
  const problems: Problem[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const position = index + 1;
    const key = decode(part.trim());
    const wrong = describeWrong(key, part.trim(), keys);
    const weak = options.production && wrong === undefined ? describeWeak(key!) : undefined;
    if (wrong !== undefined) problems.push(toProblem(SERVICE_ERRORS.KEY_INVALID({ position, reason: wrong }), 'configuration key.keys'));
    else if (weak !== undefined) problems.push(toProblem(SERVICE_ERRORS.KEY_WEAK({ position, reason: weak }), 'configuration key.keys'));
    else keys.push(key!);
  }
  return { keys, problems };
}

function decode(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function describeWrong(key: Buffer | undefined, text: string, earlier: readonly Buffer[]): string | undefined {
  if (text === '') return 'is empty.';
  if (key === undefined) return 'is not base64.';
  if (key.length !== keyLength) return `has ${key.length} bytes; ${keyLength} are needed.`;
  const same = earlier.findIndex((other) => other.equals(key));
  return same === -1 ? undefined : `is the same as key ${same + 1}.`;
}

// Of 32 random bytes, fewer than 12 different ones or nothing but printable text does not happen by chance.
function describeWeak(key: Buffer): string | undefined {
  if (new Set(key).size < 12) return 'made of few different bytes.';
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'text and not random bytes.';
  const step = (key[1]! - key[0]! + 256) % 256;
  if (key.every((byte, index) => index === 0 || (byte - key[index - 1]! + 256) % 256 === step)) return 'a sequence and not random bytes.';
  if (knownWords.some((word) => createHash('sha256').update(word).digest().equals(key))) return 'the hash of a well-known word.';
  return undefined;
}
