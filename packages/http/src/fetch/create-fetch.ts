import { AppError, currentContext, type RequestContext } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { Bulkhead } from './bulkhead.js';
import { checkFetchOptions } from './check-fetch-options.js';
import { createUrlCheck } from './check-url.js';
import type { Circuits } from './circuit-breaker.js';
import { countBody } from './count-body.js';
import { publishFetch } from './fetch-events.js';
import type { BreakerOptions, Fetch, FetchInit, FetchOptions } from './fetch-options.js';
import { readRequest, type PlainRequest } from './read-request.js';
import { createRetries, type Retries } from './retries.js';
import { createAddressCheck } from './refused-addresses.js';
import { createTransport } from './undici-transport.js';

/** A fetch and how to end it. */
export interface OwnedFetch {
  readonly fetch: Fetch;
  close(): Promise<void>;
  /** Loads what is loaded when it is needed, so that what is missing is found at boot. Rejects with `HTTP_FETCH_BREAKER`. */
  ready(): Promise<void>;
}

/**
 * A `fetch` for URLs that others may have a say in (ASVS 1.3.6, 13.2.4, 13.2.5, 15.3.2). Rejects with the codes `HTTP_FETCH_…`.
 * Reading the body rejects with them too. `client` is its name in errors.
 */
export function createFetch(options: FetchOptions = {}, base?: URL, client = 'createFetch'): OwnedFetch {
  const { timeout = 10_000, connectTimeout = 5_000, limit = 5 * 1024 * 1024, concurrency = 100, queue = 100, redirects = 0 } = options;
  checkFetchOptions(options, client);
  const mayCall = createAddressCheck(options.allowPrivate ?? [], client);
  const checkUrl = createUrlCheck(
    mayCall,
    options.allow ?? (base === undefined ? undefined : [base.hostname]),
    options.ports ?? portsOf(base),
    client,
  );
  const transport = createTransport({ mayCall, connectTimeout, timeout, concurrency, lookup: options.lookup, ca: options.ca });
  const bulkhead = new Bulkhead(concurrency, queue);
  const retries = options.retry === false ? null : createRetries(options.retry ?? {});
  const { breaker } = options;
  let circuits: Promise<Circuits> | undefined;
  const settings = { trace: options.trace !== false, requestId: options.requestId === true, headers: options.headers ?? {} };

  const send = async (request: PlainRequest, host: string, signal: AbortSignal): Promise<Response> => {
    const call = async () => {
      try {
        return await transport.send(request.url, { ...request, signal });
      } catch (error) {
        throw toFetchError(error, host, signal, base !== undefined);
      }
    };
    return breaker === undefined ? call() : (await (circuits ??= loadCircuits(breaker)))(host, call);
  };

  const follow = async (first: PlainRequest, signal: AbortSignal): Promise<[Response, PlainRequest]> => {
    let request = first;
    for (let hop = 0; ; hop++) {
      const answer = await trySend(request, signal, retries, send);
      const location = answer.headers.get('location');
      if (redirects === 0 || ![301, 302, 303, 307, 308].includes(answer.status) || location === null) return [answer, request];
      await answer.body?.cancel();
      if (hop >= redirects) throw HTTP_ERRORS.FETCH_REDIRECTS({ host: request.url.hostname, limit: redirects });
      request = redirected(request, checkUrl(URL.parse(location, request.url.href) ?? location), answer.status);
    }
  };

  const run: Fetch = async (input, init = {}) => {
    const url = checkUrl(input, base);
    const context = currentContext();
    const request = await readRequest(url, init, settings, context);
    const host = url.hostname;
    const limits = limitsOf(init, timeout, context, host);
    const startedAt = performance.now();
    const report = (status: number, error?: unknown) =>
      publishFetch({ type: 'request', host, method: request.method, status, duration: performance.now() - startedAt, error });
    try {
      await bulkhead.enter(host, limits.signal);
    } catch (error) {
      limits.end();
      report(0, error);
      throw error;
    }
    let ended = false;
    const end = () => {
      if (ended) return;
      ended = true;
      limits.signal.removeEventListener('abort', end);
      limits.end();
      bulkhead.leave();
    };
    // A body that nobody reads gives its place back when its time is over.
    limits.signal.addEventListener('abort', end, { once: true });
    try {
      const [answer, last] = await follow(request, limits.signal);
      report(answer.status);
      return countBody(answer, last.url, { limit, host: last.url.hostname, signal: limits.signal, end, redirected: last !== request });
    } catch (error) {
      end();
      report(0, error);
      throw error;
    }
  };
  return {
    fetch: run,
    close: () => transport.close(),
    ready: async () => {
      if (breaker !== undefined) await (circuits ??= loadCircuits(breaker));
    },
  };
}

type Send = (request: PlainRequest, host: string, signal: AbortSignal) => Promise<Response>;

async function trySend(request: PlainRequest, signal: AbortSignal, retries: Retries | null, send: Send): Promise<Response> {
  const host = request.url.hostname;
  retries?.request();
  for (let attempt = 1; ; attempt++) {
    let answer: Response | undefined;
    let failure: unknown;
    try {
      answer = await send(request, host, signal);
    } catch (error) {
      failure = error;
    }
    const wait = retries === null || signal.aborted || !request.repeatable ? undefined : retries.waitAfter(attempt, answer, failure);
    if (wait === undefined) {
      if (answer === undefined) throw failure;
      return answer;
    }
    await answer?.body?.cancel();
    publishFetch({ type: 'retry', host, method: request.method, status: answer?.status ?? 0, error: failure });
    await pause(wait, signal);
  }
}

// Fetch standard, HTTP-redirect fetch; what was meant for one origin is not sent to another (CVE-2023-45143, CVE-2024-24758).
function redirected(request: PlainRequest, url: URL, status: number): PlainRequest {
  const headers = new Headers(request.headers);
  const turnsToGet = (status === 303 && request.method !== 'HEAD') || ((status === 301 || status === 302) && request.method === 'POST');
  if (url.origin !== request.url.origin) for (const name of [...headers.keys()]) if (!harmless.has(name)) headers.delete(name);
  if (!turnsToGet && request.body instanceof ReadableStream) throw HTTP_ERRORS.FETCH_REDIRECTS({ host: request.url.hostname, limit: 0 });
  if (turnsToGet) for (const name of ['content-type', 'content-language', 'content-encoding', 'idempotency-key']) headers.delete(name);
  return { ...request, url, headers, ...(turnsToGet && { method: 'GET', body: null, repeatable: true }) };
}

// A list of what may pass, not of secrets: keys of services have many names.
const harmless = new Set([
  'accept',
  'accept-language',
  'content-type',
  'content-language',
  'content-encoding',
  'user-agent',
  'range',
  'traceparent',
  'tracestate',
]);

interface Limits {
  readonly signal: AbortSignal;
  end(): void;
}

function limitsOf(init: FetchInit, most: number, context: RequestContext | undefined, host: string): Limits {
  const own = Math.min(most, init.timeout ?? most);
  const left = context?.deadline === undefined ? own : Math.min(own, context.deadline - Date.now());
  const late = () => HTTP_ERRORS.FETCH_TIMEOUT({ host, limit: Math.max(0, Math.round(left)) });
  if (!(left > 0)) throw late();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(late()), left);
  timer.unref();
  const sources = [init.signal, context?.signal].filter((signal) => signal !== null && signal !== undefined);
  const abort = (event: Event) => controller.abort((event.target as AbortSignal).reason);
  for (const source of sources)
    if (source.aborted) controller.abort(source.reason);
    else source.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      for (const source of sources) source.removeEventListener('abort', abort);
    },
  };
}

// The DNS knows no such name, or nobody there answers for it.
const unknownName = new Set(['ENOTFOUND', 'ENODATA', 'EAI_AGAIN']);

function toFetchError(error: unknown, host: string, signal: AbortSignal, declared: boolean): unknown {
  if (signal.aborted) return signal.reason;
  for (let cause = error; cause instanceof Error; cause = cause.cause as unknown) {
    if (cause instanceof AppError) return cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT')
      return HTTP_ERRORS.FETCH_NO_ANSWER({ host }, { cause: error });
    // A declared client has its name from the author, so there it is an outage.
    if (!declared && code !== undefined && unknownName.has(code)) return HTTP_ERRORS.FETCH_NO_HOST({ host }, { cause });
  }
  return HTTP_ERRORS.FETCH_FAILED({ host }, { cause: error });
}

// Loaded when it is asked for: whoever wants no breaker need not install one.
async function loadCircuits(options: BreakerOptions): Promise<Circuits> {
  const { createCircuits } = await import('./circuit-breaker.js').catch((cause: unknown) => {
    throw isMissing(cause) ? HTTP_ERRORS.FETCH_BREAKER({}, { cause }) : cause;
  });
  return createCircuits(options, isOutage, (host, open) => publishFetch({ type: open ? 'open' : 'closed', host }));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
}

// What the caller did, or what was never sent, says nothing about the other side.
function isOutage(error: unknown): boolean {
  return error instanceof AppError && ['HTTP_FETCH_FAILED', 'HTTP_FETCH_NO_ANSWER', 'HTTP_FETCH_TIMEOUT'].includes(error.code);
}

function portsOf(base: URL | undefined): readonly number[] {
  return base === undefined || base.port === '' ? [80, 443] : [Number(base.port)];
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}
