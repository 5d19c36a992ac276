import type { RequestContext } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import type { FetchBody, FetchHeaders, FetchInit } from './fetch-options.js';

/** A request as it is sent, and sent again. */
export interface PlainRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream | null;
  readonly repeatable: boolean;
}

/** What of a client goes into each of its requests. */
export interface RequestSettings {
  readonly trace: boolean;
  readonly requestId: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY']);

// The framing is ours to write, and the host that of the URL (ASVS 4.2.2).
const framing = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
];
const MOST_HEADER_BYTES = 16_384;

/** Checks method and headers (`HTTP_FETCH_REQUEST`), adds those of the client and of the trace, and reads the body unless it streams. */
export async function readRequest(
  url: URL,
  init: FetchInit,
  settings: RequestSettings,
  context: RequestContext | undefined,
): Promise<PlainRequest> {
  const method = (init.method ?? 'GET').toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method) || method === 'CONNECT' || method === 'TRACE')
    throw HTTP_ERRORS.FETCH_REQUEST({ reason: 'its method cannot be sent' });
  const headers = readHeaders(init.headers, settings.headers);
  if (settings.trace && context?.traceparent !== undefined && !headers.has('traceparent')) {
    headers.set('traceparent', context.traceparent);
    if (context.tracestate !== undefined) headers.set('tracestate', context.tracestate);
  }
  if (settings.requestId && context !== undefined) headers.set('x-request-id', context.id);
  const body = await readBody(init.body ?? null, headers);
  if (body !== null && (method === 'GET' || method === 'HEAD')) throw HTTP_ERRORS.FETCH_REQUEST({ reason: `a ${method} has no body` });
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length + 4;
  if (size > MOST_HEADER_BYTES) throw HTTP_ERRORS.FETCH_REQUEST({ reason: `its headers are longer than ${MOST_HEADER_BYTES} bytes` });
  const repeatable = !(body instanceof ReadableStream) && (idempotent.has(method) || headers.has('idempotency-key'));
  return { url, method, headers, body, repeatable };
}

function readHeaders(given: FetchHeaders | undefined, own: Readonly<Record<string, string>>): Headers {
  let headers: Headers;
  try {
    headers = new Headers(own);
    for (const [name, value] of new Headers(given)) headers.set(name, value);
  } catch {
    // The platform's message holds the value, which may be a secret.
    throw HTTP_ERRORS.FETCH_REQUEST({ reason: 'a header holds characters that headers cannot hold' });
  }
  const bad = framing.find((name) => headers.has(name));
  if (bad !== undefined) throw HTTP_ERRORS.FETCH_REQUEST({ reason: `the header "${bad}" is not for callers to set` });
  return headers;
}

// Forms and blobs become bytes by way of the platform, which knows their types; then they can be sent twice.
async function readBody(body: FetchBody | null, headers: Headers): Promise<PlainRequest['body']> {
  if (body === null || body instanceof ReadableStream) return body;
  const read = new Response(body);
  const type = read.headers.get('content-type');
  if (type !== null && !headers.has('content-type')) headers.set('content-type', type);
  return typeof body === 'string' ? body : new Uint8Array(await read.arrayBuffer());
}
