import { STATUS_CODES } from 'node:http';
import type { RouteContext } from '../request/http-context.js';
import type { Additions } from '../reply/additions.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';

/** How a reply of one status of one route is written; made at boot. */
export interface ReplyPlan {
  readonly status: number;
  /** `json`: serialized; `text`: a text; `media`: text, bytes or stream as it is; `empty`: no body. */
  readonly kind: 'json' | 'text' | 'media' | 'empty';
  readonly contentType: string | undefined;
  readonly serialize: ((value: unknown) => string) | null;
  /** For media types that are written from values. */
  readonly encode: ((body: unknown, context: RouteContext) => unknown) | null;
  /** For a media type with a wildcard: the plan for a body that brings its own type. */
  readonly byType: ((contentType: string) => ReplyPlan) | null;
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
  /** What is known of headers that a reply brings itself; made with the first of them. */
  additions: Additions | null;
}

/** What a head is made of. */
export interface HeadOptions {
  readonly contentType?: string | undefined;
  /** Whether a Content-Length is written (not for 204, 304 and streams). */
  readonly length: boolean;
  readonly requestId: boolean;
  readonly noStore: boolean;
  /** Instead of the `no-store` of `noStore`. */
  readonly cacheControl?: string | undefined;
  readonly security: FlatHeaders;
}

/** Builds the head of a reply. */
export function createHead(status: number, options: HeadOptions): Head {
  const fields: string[] = [];
  const add = (name: string, value: string) => fields.push(name, value) - 1;
  if (options.contentType !== undefined) add('Content-Type', options.contentType);
  const caching = options.cacheControl ?? (options.noStore ? 'no-store' : undefined);
  const cacheAt = caching === undefined ? -1 : add('Cache-Control', caching);
  fields.push(...options.security);
  let start = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (let index = 0; index < fields.length; index += 2) start += `${fields[index]}: ${fields[index + 1]}\r\n`;
  const lengthAt = options.length ? add('Content-Length', '0') : -1;
  const idAt = options.requestId ? add('X-Request-Id', '') : -1;
  return { status, fields, lengthAt, idAt, cacheAt, start, additions: null };
}

/** The same headers under another status and, where one is given, without some (names in lower case). */
export function withStatus(head: Head, status: number, left: ReadonlySet<string> = noNames): Head {
  const fields: string[] = [];
  let lengthAt = -1;
  let idAt = -1;
  let cacheAt = -1;
  for (let index = 0; index < head.fields.length; index += 2) {
    const name = head.fields[index] as string;
    if (left.has(name.toLowerCase())) continue;
    fields.push(name, head.fields[index + 1] as string);
    if (index + 1 === head.lengthAt) lengthAt = fields.length - 1;
    else if (index + 1 === head.idAt) idAt = fields.length - 1;
    else if (index + 1 === head.cacheAt) cacheAt = fields.length - 1;
  }
  const start = fields.reduce(
    (text, field, index) =>
      index === lengthAt || index === idAt || index === lengthAt - 1 || index === idAt - 1
        ? text
        : text + (index % 2 === 0 ? `${field}: ` : `${field}\r\n`),
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`,
  );
  return { status, fields, lengthAt, idAt, cacheAt, start, additions: null };
}

const noNames: ReadonlySet<string> = new Set();
