import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';
import type { Head } from '../route/reply-plan.js';
import { isAddition } from './additions.js';
import { checkHeader } from './check-header.js';
import { cookie } from './cookie.js';
import { endsConnection } from './ends-connection.js';
import type { Reply } from './reply.js';

/** Flat names and values of a reply's own headers and cookies, checked. Throws `HTTP_HEADER` and `HTTP_COOKIE`. */
export function replyFields(reply: Reply): string[] | null {
  const { headers, cookies } = reply;
  if (headers === undefined && cookies === undefined) return null;
  const fields: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (name.toLowerCase() === 'set-cookie') throw HTTP_ERRORS.HEADER({ name: '"Set-Cookie"', reason: 'cookies are given as `cookies`' });
    for (const line of typeof value === 'object' ? value : [value]) {
      checkHeader(name, line);
      fields.push(name, line as string);
    }
  }
  for (const { name, value, options } of cookies ?? []) fields.push('Set-Cookie', cookie(name, value, options));
  return fields;
}

/** Writes status and headers: the constant ones, the length (bytes; -1 when it is not known), the id, and `own`, which replace constant ones. */
export function writeHead(context: RouteContext, head: Head, length: number, own: readonly string[] | null): void {
  context.status = head.status;
  if (!writeBlock(context, head, length, own, '')) writeFields(context, head, length, own);
}

/** Writes an answer whose body is ASCII text, and ends it: head and body as one string where they may be. */
export function writeAscii(context: RouteContext, head: Head, text: string, own: readonly string[] | null): void {
  const { response } = context;
  context.status = head.status;
  if (writeBlock(context, head, text.length, own, text)) {
    context.answered = true;
    response.end();
  } else {
    writeFields(context, head, text.length, own);
    context.answered = true;
    response.end(text, 'latin1');
  }
}

/** Whether the head was written as a prebuilt block, with `body` behind it. */
function writeBlock(context: RouteContext, head: Head, length: number, own: readonly string[] | null, body: string): boolean {
  const { response, server, extraHeaders } = context;
  if (
    server.headWriter === null ||
    // Somebody has written by hand: Node's own way refuses a second head, which would be taken for that of the next answer.
    response.headersSent ||
    (own !== null && (extraHeaders !== null || !isAddition(head, own))) ||
    (extraHeaders !== null && !isAddition(head, extraHeaders)) ||
    length < 0 ||
    head.lengthAt === -1 ||
    context.last ||
    server.closing ||
    !response.shouldKeepAlive ||
    context.request.method === 'HEAD'
  )
    return false;
  server.headWriter.write(response, head, length, head.idAt === -1 ? '' : context.id, own ?? extraHeaders, body);
  return true;
}

function writeFields(context: RouteContext, head: Head, length: number, own: readonly string[] | null): void {
  const fields = head.fields.slice();
  if (head.lengthAt !== -1) {
    if (length >= 0) fields[head.lengthAt] = String(length);
    else fields.splice(head.lengthAt - 1, 2);
  }
  // A Content-Length that was cut out stood before the id.
  if (head.idAt !== -1) fields[length < 0 && head.lengthAt !== -1 && head.idAt > head.lengthAt ? head.idAt - 2 : head.idAt] = context.id;
  if (context.extraHeaders !== null) addFields(fields, context.extraHeaders);
  if (own !== null) addFields(fields, own);
  if (endsConnection(context)) fields.push('Connection', 'close');
  context.response.writeHead(head.status, fields);
}

function addFields(fields: string[], own: readonly string[]): void {
  for (let index = 0; index < own.length; index += 2) {
    const name = own[index] as string;
    const lower = name.toLowerCase();
    if (lower === 'set-cookie') forbidStoring(fields);
    else if (lower === 'vary') {
      // What each part says the answer depends on holds for the whole.
      if (fields.some((text, at) => at % 2 === 1 && text === own[index + 1] && (fields[at - 1] as string).toLowerCase() === lower))
        continue;
    } else if (index === own.findIndex((text, at) => at % 2 === 0 && text.toLowerCase() === lower)) remove(fields, lower);
    fields.push(name, own[index + 1] as string);
  }
}

// An answer that sets a cookie belongs to one client, whatever caches stand between, unless the author said otherwise.
function forbidStoring(fields: string[]): void {
  if (!fields.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'cache-control')) fields.push('Cache-Control', 'no-store');
}

function remove(fields: string[], name: string): void {
  for (let index = fields.length - 2; index >= 0; index -= 2) if ((fields[index] as string).toLowerCase() === name) fields.splice(index, 2);
}
