import type { HttpServer, InjectRequest, InjectResponse, InjectStream } from '@plinth/http';
import { CookieJar } from './cookie-jar.js';

/** What a request of a test may carry. */
export interface TestRequest {
  /** Added to the path; lists repeat the name, `undefined` is left out. */
  readonly query?: { readonly [name: string]: QueryValue | readonly QueryValue[] };
  readonly headers?: { readonly [name: string]: string };
  /** Sent besides those of the jar. */
  readonly cookies?: { readonly [name: string]: string };
  /** A body as JSON. */
  readonly json?: unknown;
  /** A body as a form: urlencoded, or multipart for `FormData`, files included. */
  readonly form?: { readonly [name: string]: string | readonly string[] } | FormData;
  /** A body as it is; say what it is by the header `content-type`. A stream or an async iterable is sent piece by piece. */
  readonly body?: string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array>;
  readonly signal?: AbortSignal;
}

type QueryValue = string | number | boolean | undefined;

/** What every request of a client shares. */
export type ClientDefaults = Pick<TestRequest, 'headers'>;

/** Sends requests to the tested application without a socket, and keeps its cookies. */
export class TestClient {
  readonly cookies: CookieJar;
  readonly #server: HttpServer;
  readonly #defaults: ClientDefaults;

  constructor(server: HttpServer, cookies: CookieJar, defaults: ClientDefaults = {}) {
    this.#server = server;
    this.#defaults = defaults;
    this.cookies = cookies;
  }

  /** A client with further headers and the same cookies: `client.with({ headers: { authorization } })`. */
  with(defaults: ClientDefaults): TestClient {
    return new TestClient(this.#server, this.cookies, { headers: { ...this.#defaults.headers, ...defaults.headers } });
  }

  /** A client with the same headers and no cookies: another browser. */
  fresh(): TestClient {
    return new TestClient(this.#server, this.cookies.empty(), this.#defaults);
  }

  get(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('GET', path, request);
  }

  head(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('HEAD', path, request);
  }

  post(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('POST', path, request);
  }

  put(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('PUT', path, request);
  }

  patch(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('PATCH', path, request);
  }

  delete(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('DELETE', path, request);
  }

  options(path: string, request?: TestRequest): Promise<InjectResponse> {
    return this.request('OPTIONS', path, request);
  }

  /** Any method. */
  async request(method: string, path: string, request: TestRequest = {}): Promise<InjectResponse> {
    const response = await this.#server.inject(this.#injected(method, path, request));
    this.cookies.keep(setCookies(response), pathOf(path));
    return response;
  }

  /** Any method, giving the response as soon as its headers are there: for streams and server-sent events. Close it, or read it to its end. */
  async stream(method: string, path: string, request: TestRequest = {}): Promise<InjectStream> {
    const response = await this.#server.injectStream(this.#injected(method, path, request));
    this.cookies.keep(setCookies(response), pathOf(path));
    return response;
  }

  #injected(method: string, path: string, request: TestRequest): InjectRequest {
    return {
      method,
      url: withQuery(path, request.query),
      headers: this.#headers(pathOf(path), request),
      ...bodyOf(request),
      ...(request.signal !== undefined && { signal: request.signal }),
    };
  }

  #headers(path: string, request: TestRequest): { readonly [name: string]: string } {
    const headers: { [name: string]: string } = {};
    for (const [name, value] of Object.entries({ ...this.#defaults.headers, ...request.headers })) headers[name.toLowerCase()] = value;
    if (request.json !== undefined) headers['content-type'] ??= 'application/json';
    if (request.form !== undefined && !(request.form instanceof FormData)) headers['content-type'] ??= 'application/x-www-form-urlencoded';
    const own = Object.entries(request.cookies ?? {}).map(([name, value]) => `${name}=${value}`);
    const cookies = [this.cookies.header(path), ...own].filter((part) => part !== undefined);
    if (cookies.length > 0) headers['cookie'] ??= cookies.join('; ');
    return headers;
  }
}

function withQuery(path: string, query: TestRequest['query'] = {}): string {
  const text = pairsOf(query).toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
}

function pathOf(path: string): string {
  return path.split('?', 1)[0]!;
}

function bodyOf({ json, form, body }: TestRequest): Pick<InjectRequest, 'body'> {
  if (json !== undefined) return { body: JSON.stringify(json) };
  if (form instanceof FormData) return { body: form };
  if (form !== undefined) return { body: pairsOf(form).toString() };
  return body === undefined ? {} : { body };
}

function pairsOf(fields: NonNullable<TestRequest['query']>): URLSearchParams {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue])
      if (item !== undefined) pairs.append(name, String(item));
  }
  return pairs;
}

function setCookies(response: Pick<InjectResponse, 'headers'>): readonly string[] {
  const header: string | readonly string[] | undefined = response.headers['set-cookie'];
  if (header === undefined) return [];
  return typeof header === 'string' ? [header] : header;
}
