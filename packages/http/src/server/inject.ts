import { request as createRequest, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import type { App } from '@plinth/core';
import { HTTP_SERVER } from './http-server.js';

/** A request for `inject`. */
export interface InjectRequest {
  /** Default `GET`. */
  readonly method?: string;
  /** Path and query. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** An object is sent as JSON; a text or bytes as they are. */
  readonly body?: object | string | Uint8Array;
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

/** Sends a request to a server through memory. `host` is used where the request names none. @internal */
export function injectInto(server: Server, injected: InjectRequest, host: string): Promise<InjectResponse> {
  const { method = 'GET', url, headers = {}, body, signal } = injected;
  const json = typeof body === 'object' && !(body instanceof Uint8Array);
  const bytes = body === undefined ? undefined : Buffer.from(json ? JSON.stringify(body) : (body as string | Uint8Array));
  const sent: Record<string, string | readonly string[]> = { host };
  if (json) sent['content-type'] = 'application/json';
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
    request.on('error', reject);
    request.on('response', (response) => collect(response).then(resolve, reject));
    request.end(bytes);
  });
}

function connect(server: Server): Duplex {
  const [client, connection] = duplexPair();
  server.emit('connection', connection);
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
