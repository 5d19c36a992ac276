import type { IncomingMessage } from 'node:http';
import type { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { Hosts } from '../request/hosts.js';
import { FORWARDED_HEADERS } from '../request/forwarded.js';
import type { RouteContext } from '../request/http-context.js';
import { remoteAddress } from '../request/remote-address.js';

/**
 * Refuses, before routing, what two parsers could read differently: HTTP versions other than 1.0 and 1.1, a missing, repeated,
 * malformed or foreign Host, transfer codings other than one `chunked`, expectations other than one `100-continue`, a second
 * Content-Type, too many headers, an overlong target. A connection on which that was sent is not used again.
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
  if (request.httpVersionMajor !== 1 || request.httpVersionMinor > 1) throw wrongVersion(request);
  if (context.expectsContinue) checkExpectation(request);
  if (rawHeaders.length > 2 * server.limits.headers) throw HTTP_ERRORS.TOO_MANY_HEADERS({ limit: server.limits.headers });
  let host: string | undefined;
  let typed = false;
  let traced = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4) {
      if (name === 'Host' || name.toLowerCase() === 'host') {
        if (host !== undefined) throw HTTP_ERRORS.HOST({ reason: 'it has several' });
        host = rawHeaders[index + 1] as string;
      }
    } else if ((name.charCodeAt(0) === 0x58 || name.charCodeAt(0) === 0x78) && name.length < 18) {
      if (FORWARDED_HEADERS.has(name.toLowerCase())) checkForwarded(context, name.toLowerCase());
    } else if (name.length === 9) {
      if (name.toLowerCase() === 'forwarded') checkForwarded(context, 'forwarded');
    } else if (name.length === 11) {
      if (name.toLowerCase() === 'traceparent') traced = true;
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
  context.traced = traced;
  if (host === undefined) throw HTTP_ERRORS.HOST({ reason: 'it has none' });
  // Probes of an orchestrator go to an address: the health routes are answered whatever the name, as long as it is one.
  if (!hosts.serves(host) && !server.vitalPaths.has(context.url)) throw HTTP_ERRORS.HOST_NOT_SERVED();
  if (context.url.length > server.limits.url) throw HTTP_ERRORS.URL_TOO_LONG({ limit: server.limits.url });
}

// A line without a version is HTTP/0.9: it has no headers, so that whoever sends some has sent it to be misread.
function wrongVersion(request: IncomingMessage): AppError {
  return request.httpVersionMajor === 0
    ? HTTP_ERRORS.SYNTAX({ reason: 'its request line has no version, or HTTP/0.9' })
    : HTTP_ERRORS.VERSION();
}

// Node finds "100-continue" anywhere in the header, beside other expectations too.
function checkExpectation(request: IncomingMessage): void {
  if (request.headers.expect?.toLowerCase() !== '100-continue') throw HTTP_ERRORS.EXPECTATION();
}

/** Takes a forwarded header away unless its peer is trusted: what a client says of itself must not be mistaken for a proxy's word. */
function checkForwarded({ request, server }: RouteContext, name: string): void {
  const { trust } = server;
  if (trust === null || (name === 'forwarded') !== (trust.header === 'forwarded') || !trust.trusts(remoteAddress(request), 0))
    delete request.headers[name];
}

// llhttp refuses a bad coding only once the handler was called, and leaves "chunked" behind another coding to us.
function checkTransferEncoding(request: IncomingMessage): void {
  // Whoever passed it on may not have known what it frames (RFC 9112, 6.1).
  if (request.httpVersionMinor === 0) throw HTTP_ERRORS.SYNTAX({ reason: 'Transfer-Encoding does not exist in HTTP/1.0' });
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
