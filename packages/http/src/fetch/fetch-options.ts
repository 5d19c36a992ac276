import type { LookupFunction } from 'node:net';

/** How requests to other services are made. Everything has a default. */
export interface FetchOptions {
  /** The only hosts that are called, such as `api.example.com` or `*.example.com` (which does not cover `example.com`). Default: any public host. */
  readonly allow?: readonly string[];
  /** Addresses and ranges that are called though they are not public: `10.1.0.0/16`, `127.0.0.1`, `fd12::/16`. Default: none. */
  readonly allowPrivate?: readonly string[];
  /** Default 80 and 443. */
  readonly ports?: readonly number[];
  /** How many redirects are followed, each checked like the first URL. Default 0: the caller gets the 3xx. */
  readonly redirects?: number;
  /** Milliseconds for everything: queue, retries, headers and body. Never longer than the request that is worked on has left. Default 10,000. */
  readonly timeout?: number;
  /** Milliseconds to connect, TLS included. Default 5,000. */
  readonly connectTimeout?: number;
  /** Bytes of an answer's body, after decompression. Default 5 MiB. */
  readonly limit?: number;
  /** Further tries of requests that may be repeated. Default: 2. `false`: none. */
  readonly retry?: RetryOptions | false;
  /** Opens after failures in a row, per host. Needs `cockatiel`. Default: none. */
  readonly breaker?: BreakerOptions;
  /** Requests at the same time. Default 100. */
  readonly concurrency?: number;
  /** Requests that wait for their turn; above it `HTTP_FETCH_BUSY`. Default 100. */
  readonly queue?: number;
  /** Whether `X-Request-Id` of the request that is worked on is sent. For services of one's own. Default false. */
  readonly requestId?: boolean;
  /** Whether `traceparent` and `tracestate` of the request that is worked on are sent. Default true. */
  readonly trace?: boolean;
  /** Sent with each request; those of the call win. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Certificates of authorities, in PEM, that are trusted instead of the public ones: for services with an authority of their own. */
  readonly ca?: string | readonly string[];
  /** Resolves names. Default `dns.lookup`. What it gives is checked all the same. */
  readonly lookup?: LookupFunction;
}

/** Tries after the first. GET, HEAD, OPTIONS, PUT, DELETE and QUERY, and whatever has an `Idempotency-Key`; never with a body that streams. */
export interface RetryOptions {
  /** Further tries. Default 2. */
  readonly times?: number;
  /** Milliseconds: before try n, a random time up to `base * 2^(n-1)` is waited. Default 100. */
  readonly base?: number;
  /** The longest wait in milliseconds. A longer `Retry-After` ends the tries. Default 2,000. */
  readonly max?: number;
  /** Tries as a share of requests, over a reserve of 10: a service that is down must not get a multiple of its load. Default 0.2. */
  readonly budget?: number;
}

/** When a host is left alone. */
export interface BreakerOptions {
  /** Failures in a row (no answer, or 5xx). Default 5. */
  readonly failures?: number;
  /** Milliseconds until one request tries again. Default 10,000. */
  readonly halfOpenAfter?: number;
}

/** The options of a declared client. */
export interface ClientOptions extends FetchOptions {
  /** Before every path. Only this host is called, unless `allow` names more. */
  readonly baseUrl: string | URL;
}

/** Like the global `fetch`, with a path instead of a URL where the client has a base. */
export type Fetch = (input: string | URL, init?: FetchInit) => Promise<Response>;

/** The part of `RequestInit` that means something here. */
export interface FetchInit {
  readonly method?: string;
  readonly headers?: FetchHeaders;
  readonly body?: FetchBody | null;
  /** Ends the request and the reading of its answer. */
  readonly signal?: AbortSignal | null;
  /** Milliseconds; may only shorten the client's. */
  readonly timeout?: number;
}

/** Headers as the Fetch standard takes them. */
export type FetchHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/** A body as the Fetch standard takes it. */
export type FetchBody = NonNullable<ConstructorParameters<typeof Response>[0]>;
