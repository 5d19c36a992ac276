import {
  configured,
  Module,
  provideFactory,
  provideValue,
  REQUEST_CONTEXT,
  SECURITY_INVENTORY,
  token,
  type ConfiguredModule,
  type Provider,
  type Token,
} from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { checkFetchOptions } from './check-fetch-options.js';
import { createFetch } from './create-fetch.js';
import { fetchInventory } from './fetch-inventory.js';
import type { ClientOptions, Fetch, FetchOptions } from './fetch-options.js';

/** The guarded `fetch` of the application. */
export const FETCH = token<Fetch>('FETCH', { from: 'FetchModule of @plinth/http/fetch' });

/** What `FetchModule.with` takes. */
export interface FetchModuleOptions extends FetchOptions {
  /** Declared clients; see `defineClient`. */
  readonly clients?: readonly FetchClient[];
}

/** A client of one service: where it is, and what is true of each request to it. */
export interface FetchClient {
  /** What classes ask for. */
  readonly token: Token<Fetch>;
  readonly options: ClientOptions;
}

/**
 * Declares a client of one service. Throws `HTTP_FETCH_OPTIONS`.
 *
 * @example
 * export const PAYMENTS = defineClient('PAYMENTS', { baseUrl: 'https://api.pay.example/v1/', timeout: 3000 });
 */
export function defineClient(name: string, options: ClientOptions): FetchClient {
  baseOf(name, options);
  checkFetchOptions(options, clientName(name));
  return Object.freeze({ token: token<Fetch>(name, { from: `FetchModule.with({ clients: [${name}] }) of @plinth/http/fetch` }), options });
}

/**
 * `FETCH` and declared clients for the whole application. Import it once, in the root module.
 *
 * @example
 * @Module({ imports: [FetchModule.with({ allow: ['hooks.example.com'], clients: [PAYMENTS] })] })
 * class AppModule {}
 */
@Module({
  global: true,
  providers: [provideFetch(FETCH, {}), provideValue(SECURITY_INVENTORY, fetchInventory({}, []), { many: true })],
  exports: [FETCH],
})
export class FetchModule {
  /** The module with options. */
  static with({ clients = [], ...options }: FetchModuleOptions = {}): ConfiguredModule {
    const providers = [
      provideFetch(FETCH, options),
      ...clients.map((client) => provideFetch(client.token, client.options, client.token.description)),
      provideValue(SECURITY_INVENTORY, fetchInventory(options, clients), { many: true }),
    ];
    return configured(
      FetchModule,
      { global: true, providers, exports: [FETCH, ...clients.map((client) => client.token)] },
      { replace: true },
    );
  }
}

// REQUEST_CONTEXT is asked for so that routes with a client enter it: signal, deadline and trace come from there.
function provideFetch(key: Token<Fetch>, options: FetchOptions | ClientOptions, name = ''): Provider {
  const closing = new WeakMap<Fetch, () => Promise<void>>();
  return provideFactory(key, {
    deps: [REQUEST_CONTEXT],
    async create() {
      const declared = 'baseUrl' in options;
      const { fetch, close, ready } = createFetch(
        options,
        declared ? baseOf(name, options) : undefined,
        declared ? clientName(name) : 'FetchModule.with',
      );
      await ready();
      closing.set(fetch, close);
      return fetch;
    },
    dispose: (fetch) => closing.get(fetch)?.(),
  });
}

function clientName(name: string): string {
  return `the client ${name}`;
}

function baseOf(name: string, { baseUrl }: ClientOptions): URL {
  const url = URL.parse(String(baseUrl));
  if (url === null || url.search !== '' || url.hash !== '')
    throw HTTP_ERRORS.FETCH_OPTIONS({
      client: clientName(name),
      reason: `baseUrl is ${JSON.stringify(String(baseUrl).slice(0, 200))}, and not an absolute URL without query and fragment`,
    });
  // Otherwise the last part of its path would be replaced, not continued.
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
