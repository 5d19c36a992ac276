import type { IncomingMessage } from 'node:http';
import { HTTP_ERRORS } from '../errors.js';
import type { Hosts } from '../request/hosts.js';
import type { RouteContext } from '../request/http-context.js';

/**
 * Refuses, before routing, what two parsers could read differently: HTTP versions other than 1.0 and 1.1, a missing, repeated,
 * malformed or foreign Host, transfer codings other than one `chunked`, a second Content-Type, too many headers, an overlong
 * target. A connection on which that was sent is not used again.
 */
export function checkEarly(context: RouteContext, hosts: Hosts): void {
  try {
    checkHead(context, hosts);
  } catch (error) {
    context.last = true;
    throw error;
  }
}

/** One pass over the raw headers; the map of headers is not built for it. */
function checkHead(context: RouteContext, hosts: Hosts): void {
  const { request, server } = context;
  const { rawHeaders } = request;
  if (request.httpVersionMajor !== 1 || request.httpVersionMinor > 1) throw HTTP_ERRORS.VERSION();
  if (rawHeaders.length > 2 * server.limits.headers) throw HTTP_ERRORS.TOO_MANY_HEADERS({ limit: server.limits.headers });
  let host: string | undefined;
  let typed = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4) {
      if (name === 'Host' || name.toLowerCase() === 'host') {
        if (host !== undefined) throw HTTP_ERRORS.HOST({ reason: 'it has several' });
        host = rawHeaders[index + 1] as string;
      }
    } else if (name.length === 12) {
      if (name.toLowerCase() === 'content-type') {
        // Node keeps the first, others the last.
        if (typed) throw HTTP_ERRORS.SYNTAX({ reason: 'it has several Content-Type headers' });
        typed = true;
      }
    } else if (name.length === 14) {
      if (name.toLowerCase() === 'content-length') context.bodyLength = Number(rawHeaders[index + 1]);
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      context.bodyLength = Infinity;
      checkTransferEncoding(request);
    }
  }
  if (host === undefined) throw HTTP_ERRORS.HOST({ reason: 'it has none' });
  hosts.check(host);
  if (context.url.length > server.limits.url) throw HTTP_ERRORS.URL_TOO_LONG({ limit: server.limits.url });
}

// llhttp refuses a bad coding only once the handler was called, and leaves "chunked" behind another coding to us.
function checkTransferEncoding(request: IncomingMessage): void {
  if (request.headers['transfer-encoding']?.toLowerCase() !== 'chunked') throw HTTP_ERRORS.TRANSFER_ENCODING();
}

/**
 * The origin form of a request target that does not start with "/"; `undefined` for the "*" of OPTIONS, which means the server as
 * a whole. An absolute form must name the host of the Host header (RFC 9112, 3.2.2). Throws `HTTP_PATH` and `HTTP_HOST`.
 */
export function originForm(context: RouteContext): string | undefined {
  const target = context.url;
  if (target === '*' && context.method === 'OPTIONS') return undefined;
  const match = /^https?:\/\/([^/?#]*)(.*)$/i.exec(target);
  if (match === null) throw HTTP_ERRORS.PATH({ reason: 'it does not start with "/"' });
  if (match[1]?.toLowerCase() !== context.request.headers.host?.toLowerCase()) {
    context.last = true;
    throw HTTP_ERRORS.HOST({ reason: 'it differs from the host of the request target' });
  }
  const rest = match[2] ?? '';
  return rest.startsWith('/') ? rest : `/${rest}`;
}
