import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** How the keys of an application begin. */
export interface ApiKeyForm {
  /** Lower case letters and digits, such as `pk`. */
  readonly prefix: string;
  /** The environment, such as `live` or `test`. */
  readonly environment: string;
}

/** What is wrong with a text that is no key of this application. */
export type ApiKeyFault = 'form' | 'checksum' | 'environment';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256. */
const SECRET = 43;
/** 62^6 > 2^32. */
const CHECKSUM = 6;

/** A new key: `pk_live_`, 256 random bits in base 62 (43 characters), and a checksum of all that (6 characters). */
export function createApiKey({ prefix, environment }: ApiKeyForm): string {
  const start = `${prefix}_${environment}_${base62(BigInt(`0x${randomBytes(32).toString('hex')}`), SECRET)}`;
  return start + checksum(start);
}

/** What is wrong with a text, found without the store: undefined for a key of this form whose checksum is right. */
export function faultOf(text: string, { prefix, environment }: ApiKeyForm): ApiKeyFault | undefined {
  if (text.length > 128) return 'form';
  const parts = /^([a-z0-9]+)_([a-z0-9]+)_([0-9A-Za-z]{49})$/.exec(text);
  if (parts?.[1] !== prefix) return 'form';
  if (checksum(text.slice(0, -CHECKSUM)) !== text.slice(-CHECKSUM)) return 'checksum';
  return parts[2] === environment ? undefined : 'environment';
}

/** Whether a text means to be a key of this application: it begins like one. */
export function isMeantAsKey(text: string, { prefix }: ApiKeyForm): boolean {
  return text.startsWith(`${prefix}_`);
}

/** SHA-256 in base64url (43 characters), which is what stores keep: 256 random bits need no slow hash. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'base64url');
}

/** The beginning of a key, by which its owner tells it from others: 4 of its 43 secret characters. */
export function hintOf(key: string): string {
  return key.slice(0, key.lastIndexOf('_') + 5);
}

function checksum(text: string): string {
  return base62(BigInt(crc32(text)), CHECKSUM);
}

function base62(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; text.length < length; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  return text;
}
