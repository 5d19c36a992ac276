import type { IncomingMessage } from 'node:http';

/** What identifies a version of what is sent. */
export interface Validators {
  /** With its quotes, `W/` in front if it is weak. */
  readonly etag?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly modified?: number | undefined;
}

/** `changed`: send it; `same`: the client has it (304); `failed`: it isn't what the client expects (412). */
export type Condition = 'changed' | 'same' | 'failed';

/** Evaluates the conditions of a request in the order of RFC 9110, 13.2.2. */
export function checkConditions({ method, headers }: IncomingMessage, { etag, modified }: Validators): Condition {
  const reading = method === 'GET' || method === 'HEAD';
  const match = headers['if-match'];
  const unmodified = headers['if-unmodified-since'];
  if (match !== undefined) {
    if (!lists(match, etag, true)) return 'failed';
  } else if (unmodified !== undefined && modified !== undefined && toSeconds(modified) > (readDate(unmodified) ?? Infinity))
    return 'failed';
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    if (lists(noneMatch, etag, false)) return reading ? 'same' : 'failed';
    return 'changed';
  }
  const since = headers['if-modified-since'];
  if (reading && since !== undefined && modified !== undefined && toSeconds(modified) <= (readDate(since) ?? -Infinity)) return 'same';
  return 'changed';
}

/** Whether `If-Range` lets a range be sent: without it, or when it names exactly this version (RFC 9110, 13.1.5). */
export function rangeApplies({ headers }: IncomingMessage, { etag, modified }: Validators): boolean {
  const value = headers['if-range'];
  if (value === undefined) return true;
  if (typeof value !== 'string') return false;
  if (value.startsWith('"')) return value === etag;
  if (value.startsWith('W/')) return false;
  return modified !== undefined && readDate(value) === toSeconds(modified);
}

const tag = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

function lists(header: string, etag: string | undefined, strong: boolean): boolean {
  if (header.trim() === '*') return true;
  if (etag === undefined || (strong && etag.startsWith('W/'))) return false;
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag;
  for (const [, weak, text] of header.matchAll(tag)) if (text === opaque && !(strong && weak !== undefined)) return true;
  return false;
}

/** Seconds since the epoch; `undefined` for what is no HTTP date. */
function readDate(text: string): number | undefined {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .{10,40}$/.test(text)) return undefined;
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : toSeconds(time);
}

function toSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
