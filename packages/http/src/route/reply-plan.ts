import { STATUS_CODES } from 'node:http';
import type { FlatHeaders } from '../security-headers/security-headers.js';

/** How a reply of one status of one route is written; made at boot. */
export interface ReplyPlan {
  readonly status: number;
  /** `json`: serialized; `text`: a text; `media`: text, bytes or stream as it is; `empty`: no body. */
  readonly kind: 'json' | 'text' | 'media' | 'empty';
  readonly contentType: string | undefined;
  readonly serialize: ((value: unknown) => string) | null;
  /** The constant headers. Slots: see `HeadSlots`. */
  readonly head: Head;
}

/** Names and values of a reply's headers as they are written, with slots for what changes from one to the next. */
export interface Head {
  readonly status: number;
  readonly fields: readonly string[];
  /** Index of the Content-Length value; -1 without one. */
  readonly lengthAt: number;
  /** Index of the X-Request-Id value; -1 without one. */
  readonly idAt: number;
  /** Index of the Cache-Control value; -1 when nothing forbids caching. */
  readonly cacheAt: number;
  /** The status line and the constant fields as text; the changing ones are left out. */
  readonly start: string;
}

/** What a head is made of. */
export interface HeadOptions {
  readonly contentType?: string | undefined;
  /** Whether a Content-Length is written (not for 204, 304 and streams). */
  readonly length: boolean;
  readonly requestId: boolean;
  readonly noStore: boolean;
  readonly security: FlatHeaders;
}

/** Builds the head of a reply. */
export function createHead(status: number, options: HeadOptions): Head {
  const fields: string[] = [];
  const add = (name: string, value: string) => fields.push(name, value) - 1;
  if (options.contentType !== undefined) add('Content-Type', options.contentType);
  const cacheAt = options.noStore ? add('Cache-Control', 'no-store') : -1;
  fields.push(...options.security);
  let start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (let index = 0; index < fields.length; index += 2) start += `${fields[index]}: ${fields[index + 1]}\r\n`;
  const lengthAt = options.length ? add('Content-Length', '0') : -1;
  const idAt = options.requestId ? add('X-Request-Id', '') : -1;
  return { status, fields, lengthAt, idAt, cacheAt, start };
}
