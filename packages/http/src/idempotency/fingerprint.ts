import { createHash } from 'node:crypto';

/** A hash of texts that tells any two lists of texts apart; 43 characters. */
export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length}:`).update(text, 'utf16le');
  return hash.digest('base64url');
}

/** A value as a text that does not depend on the order of keys. */
export function canonical(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? typeof value;
  if (value instanceof Uint8Array) return `bytes ${createHash('sha256').update(value).digest('base64url')}`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  // What comes piece by piece cannot be read twice.
  if (Symbol.asyncIterator in value) return 'stream';
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const members = entries.map(([name, member]) => `${JSON.stringify(String(name))}:${canonical(member)}`);
  return `{${members.sort().join(',')}}`;
}
