import { request as createRequest, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { Server as NetTlsServer } from 'node:tls';
import { duplexPair, Readable, type Duplex } from 'node:stream';
import type { App } from '@plinth/core';
import { HTTP_SERVER } from './http-server.js';

/**
 * What a request of `inject` may carry. An object is sent as JSON; a text or bytes as they are; FormData, Blob and URLSearchParams as a
 * browser does, with their Content-Type; a stream or an async iterable piece by piece, as its consumer takes it.
 */
export type InjectBody =
  | object
  | string
  | Uint8Array
  | FormData
  | Blob
  | URLSearchParams
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<string | Uint8Array>;

/** A request for `inject`. */
export interface InjectRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** Path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: InjectBody;
  /** Aborting it is a client that goes away. */
  readonly signal?: AbortSignal;
}

/** What a client would have received. */
export interface InjectResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  text(): string;
  json(): unknown;
}

/** A response whose body is still on its way. */
export interface InjectStream extends AsyncDisposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Pieces as the server writes them, at the speed of whoever reads. */
  readonly body: Readable;
  /** Reads the rest of it. */
  text(): Promise<string>;
  /** Goes away, as a client that has seen enough. */
  close(): void;
}

/**
 * Sends a request to an application through memory: Node's own parser and writer on both sides, no port, and whether the
 * application listens or not. Rejects only if the server breaks the connection.
 *
 * @example
 * const response = await inject(app, { method: 'POST', url: '/orders', body: { item: 'lamp' } });
 */
export function inject(app: App, request: InjectRequest): Promise<InjectResponse> {
  return app.get(HTTP_SERVER).inject(request);
}

/**
 * Like `inject`, but gives the response as soon as its headers are there. Read `body` to its end, or `close` it.
 *
 * @example
 * await using events = await injectStream(app, { url: '/events' });
 * for await (const piece of events.body) console.log(String(piece));
 */
export function injectStream(app: App, request: InjectRequest): Promise<InjectStream> {
  return app.get(HTTP_SERVER).injectStream(request);
}

/** Sends a request to a server through memory. `host` is used where the request names none. @internal */
export async function injectInto(server: Server, injected: InjectRequest, host: string): Promise<InjectResponse> {
  return collect((await send(server, injected, host)).response);
}

/** The same for a response that is read as a stream. @internal */
export async function injectStreamInto(server: Server, injected: InjectRequest, host: string): Promise<InjectStream> {
  const { request, response } = await send(server, injected, host);
  const close = (): void => {
    response.on('error', ignore);
    request.destroy();
  };
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response,
    text: async () => (await collect(response)).text(),
    close,
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
}

interface Sent {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}

function send(server: Server, { method = 'GET', url, headers = {}, body, signal }: InjectRequest, host: string): Promise<Sent> {
  const { contentType, bytes, stream } = readBody(body);
  const sent: Record<string, string | readonly string[]> = { host };
  if (contentType !== undefined) sent['content-type'] = contentType;
  if (bytes !== undefined) sent['content-length'] = String(bytes.byteLength);
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
  return new Promise((resolve, reject) => {
    const request = createRequest({
      method,
      path: url,
      headers: sent as Record<string, string>,
      createConnection: () => connect(server),
      ...(signal !== undefined && { signal }),
    });
    // Also after the response: a server that refuses a body closes the connection on whoever is still sending.
    request.on('error', reject);
    request.on('response', (response) => resolve({ request, response }));
    if (stream === undefined) request.end(bytes);
    else pump(stream, request).catch((error: unknown) => request.destroy(error as Error));
  });
}

interface ReadyBody {
  readonly contentType?: string | undefined;
  readonly bytes?: Buffer;
  readonly stream?: AsyncIterable<string | Uint8Array>;
}

function readBody(body: InjectBody | undefined): ReadyBody {
  if (body === undefined) return {};
  if (typeof body === 'string') return { bytes: Buffer.from(body) };
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
  if (body instanceof URLSearchParams) return { contentType: 'application/x-www-form-urlencoded', bytes: Buffer.from(body.toString()) };
  if (body instanceof FormData || body instanceof Blob) {
    // Node's own writer of forms, with the boundary that it chose.
    const { headers, body: stream } = new Response(body);
    return { contentType: headers.get('content-type') ?? undefined, stream: stream as AsyncIterable<Uint8Array> };
  }
  if (typeof (body as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function') return { stream: body as AsyncIterable<Uint8Array> };
  return { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
}

/** Writes piece by piece, no faster than the server reads; stops when the connection is gone. */
async function pump(stream: AsyncIterable<string | Uint8Array>, request: ClientRequest): Promise<void> {
  for await (const piece of stream) {
    if (request.destroyed) return;
    if (!request.write(piece)) await writable(request);
  }
  request.end();
}

function writable(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      request.off('drain', done);
      request.off('close', done);
      resolve();
    };
    request.on('drain', done);
    request.on('close', done);
  });
}

function connect(server: Server): Duplex {
  const [client, connection] = duplexPair();
  // A pair tells the other end of an end only, not of a client that goes away.
  client.once('close', () => connection.destroy());
  // A server that ends TLS gets the connection as one whose handshake is done.
  server.emit(server instanceof NetTlsServer ? 'secureConnection' : 'connection', connection);
  return client;
}

async function collect(response: IncomingMessage): Promise<InjectResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    text: () => body.toString('utf8'),
    json: () => JSON.parse(body.toString('utf8')) as unknown,
  };
}

function ignore(): void {}
