import { rateLimitFeature } from '../rate-limit/rate-limit-feature.js';
import { cacheFeature } from '../reply/cache-feature.js';
import { compressFeature } from '../compress/compress-feature.js';
import { cookieFeature } from '../cookies/cookie-feature.js';
import { corsFeature } from '../cors/cors-feature.js';
import { csrfFeature } from '../csrf/csrf-feature.js';
import { etagFeature } from '../reply/etag-feature.js';
import { negotiationFeature } from '../reply/negotiation-feature.js';
import { redirectFeature } from '../reply/redirect-feature.js';
import { nonceFeature } from '../security-headers/nonce-feature.js';
import type { HttpOptions } from '../server/http-options.js';
import { traceFeature } from '../trace/trace-feature.js';
import type { HttpFeature } from './http-feature.js';

/** The features of a server in the order in which they run, as its options say. */
export function featuresOf(options: HttpOptions): readonly HttpFeature[] {
  return [
    // First, so that pages of allowed origins can read what the others refuse.
    corsFeature,
    ...(options.trace?.response === true ? [traceFeature] : []),
    rateLimitFeature(options.rateLimit ?? {}),
    ...(options.cookies === undefined || options.cookies.length === 0 ? [] : [cookieFeature(options.cookies)]),
    ...(options.csrf === false ? [] : [csrfFeature(options.csrf ?? {})]),
    nonceFeature,
    redirectFeature,
    negotiationFeature,
    cacheFeature,
    etagFeature,
    // Last: the others see the reply as it was given.
    compressFeature,
  ];
}
