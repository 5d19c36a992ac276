import { currentContext, isSensitiveKey } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { SecurityEvent } from './security-events.js';
import type { UnplacedRecord } from './security-log-chain.js';

const TYPE = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/;
const LONGEST_TYPE = 64;
const LONGEST_TEXT = 255;
const MOST_BYTES = 2_048;
// Control characters are refused by some databases, and half surrogates come back as something else. Separators of lines and marks that
// turn the direction of text make a record look like others to whoever reads it (ASVS 5.0, 16.4.1).
const UNFIT = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * An event as it is recorded: who, whom, from where, in which request. What stands under a name of secrets is left out, long texts are
 * shortened. Throws `AUTH_SECURITY_LOG_EVENT`.
 */
export function toSecurityRecord(event: SecurityEvent, at: number): UnplacedRecord {
  const { type, outcome, details = {} } = event;
  if (!TYPE.test(type) || type.length > LONGEST_TYPE) throw refuse(type, 'its type is not of lower-case words with dots, at most 64 long');
  const context = currentContext();
  const actor = event.actor ?? (context?.actor === undefined || context.actor === null ? undefined : String(context.actor));
  const data = Object.fromEntries(Object.entries(details).map(([name, value]) => [clean(name), dataOf(type, name, value)]));
  if (Buffer.byteLength(JSON.stringify(data)) > MOST_BYTES) throw refuse(type, `its details take more than ${MOST_BYTES} bytes as JSON`);
  return {
    at: Math.floor(at),
    type,
    outcome,
    actor: cleanOr(actor),
    subject: cleanOr(event.userId),
    client: cleanOr(event.ip),
    requestId: cleanOr(context?.id),
    data,
  };
}

function dataOf(type: string, name: string, value: unknown): string | number | boolean {
  if (isSensitiveKey(name)) return '[redacted]';
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw refuse(type, `its detail ${clean(name)} is no text, number or boolean`);
}

function cleanOr(text: string | undefined): string | null {
  return text === undefined ? null : clean(text);
}

function clean(text: string): string {
  return text.toWellFormed().replaceAll(UNFIT, ' ').slice(0, LONGEST_TEXT).toWellFormed();
}

function refuse(type: string, reason: string): Error {
  return AUTH_ERRORS.SECURITY_LOG_EVENT({ type: JSON.stringify(type.slice(0, LONGEST_TYPE)), reason });
}
