export { FETCH, FetchModule, defineClient, type FetchClient, type FetchModuleOptions } from './fetch-module.js';
export { createFetch, type OwnedFetch } from './create-fetch.js';
export type {
  BreakerOptions,
  ClientOptions,
  Fetch,
  FetchBody,
  FetchHeaders,
  FetchInit,
  FetchOptions,
  RetryOptions,
} from './fetch-options.js';
export type { FetchEvent } from './fetch-events.js';
