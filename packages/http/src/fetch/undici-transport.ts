import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici';
import { refused } from './check-url.js';
import type { AddressCheck } from './refused-addresses.js';

/** Sends one request, without following redirects. */
export interface Transport {
  send(url: URL, init: TransportInit): Promise<Response>;
  close(): Promise<void>;
}

/** A request whose parts were checked. */
export interface TransportInit {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream | null;
  readonly signal: AbortSignal;
}

/** What a transport is made of. */
export interface TransportOptions {
  readonly mayCall: AddressCheck;
  readonly connectTimeout: number;
  readonly timeout: number;
  readonly concurrency: number;
  readonly lookup: LookupFunction | undefined;
  readonly ca: string | readonly string[] | undefined;
}

/**
 * The only place that knows undici. Names are resolved here, once per connection, and the connection goes to the very addresses that
 * were checked: an answer of the DNS that changes in between (rebinding) changes nothing. Proxies of the environment are not used.
 */
export function createTransport({ mayCall, connectTimeout, timeout, concurrency, lookup, ca }: TransportOptions): Transport {
  const agent = new Agent({
    connections: concurrency,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxHeaderSize: 16_384,
    connect: {
      timeout: connectTimeout,
      allowH2: false,
      lookup: checkedLookup(lookup ?? (systemLookup as LookupFunction), mayCall),
      ...(ca !== undefined && { ca: typeof ca === 'string' ? ca : [...ca] }),
    },
  });
  return {
    async send(url, { method, headers, body, signal }) {
      const init: UndiciInit = {
        method,
        headers: [...headers],
        body: body as NonNullable<UndiciInit['body']> | null,
        signal,
        dispatcher: agent,
        redirect: 'manual',
        credentials: 'omit',
        ...(body instanceof ReadableStream && { duplex: 'half' as const }),
      };
      return (await undiciFetch(url, init)) as unknown as Response;
    },
    close: () => agent.destroy(),
  };
}

// Asks for all addresses, whatever the caller wants of them: one that may not be called must not hide behind another.
function checkedLookup(lookup: LookupFunction, mayCall: AddressCheck): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const all = found as unknown as readonly LookupAddress[];
      const passed = all.filter(({ address }) => mayCall(address));
      const [first] = passed;
      if (first === undefined) return callback(refused(hostname, `it resolves to ${all.map(({ address }) => address).join(', ')}`), '', 0);
      if (options.all === true) callback(null, passed as LookupAddress[]);
      else callback(null, first.address, first.family);
    });
  };
}
