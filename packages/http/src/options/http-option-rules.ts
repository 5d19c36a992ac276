import { isAppError, toProblem, type AppError, type Problem } from '@plinth/core';
import type { AdminOptions } from '../admin/admin-options.js';
import type { CompressOptions } from '../compress/compress-options.js';
import type { CorsOptions } from '../cors/cors-options.js';
import type { CsrfOptions } from '../csrf/csrf-options.js';
import { HTTP_ERRORS } from '../errors.js';
import type { HealthOptions } from '../health/health-options.js';
import type { RateLimitOptions } from '../rate-limit/rate-limit-options.js';
import type { RedirectsOptions } from '../reply/redirect-feature.js';
import type { FirewallOptions } from '../request/read-path.js';
import type { ErrorSchema, HttpLimits, HttpOptions } from '../server/http-options.js';
import { parsePattern } from '../router/parse-pattern.js';
import type { OverloadOptions } from '../server/load-watch.js';
import type { RequestLogOptions } from '../server/request-log-options.js';
import type { TlsOptions } from '../server/tls.js';
import type { FormLimits, UploadOptions } from '../server/upload-options.js';
import type { TraceOptions } from '../trace/trace-options.js';
import { checkOptions } from './check-options.js';
import { ANY, atLeast, FLAG, MILLISECONDS, object, oneOf, text, texts, type OptionRule } from './option-rules.js';
import { SECURITY_HEADER_RULES } from './security-header-rules.js';

const LET_THROUGH = oneOf(['allow']);

/** The limits of multipart forms. */
export const FORM_LIMIT_RULES: OptionRule = object<FormLimits>({
  file: atLeast(1),
  files: atLeast(0),
  field: atLeast(1),
  fields: atLeast(0),
  parts: atLeast(1),
  total: atLeast(1),
});

/** Options of compression, whose values the feature checks; `true` and `false` stand for all of them. */
export const COMPRESS_RULES: OptionRule = object<CompressOptions>({ threshold: ANY, encodings: ANY, types: ANY }, [true, false]);

/** Options of CORS. What origins, names and times are the feature checks (`HTTP_CORS`). */
export const CORS_RULES: OptionRule = object<CorsOptions>(
  { origins: ANY, credentials: FLAG, methods: texts(), headers: texts(), expose: texts(), maxAge: ANY },
  [false],
);

/** What becomes of keys that a schema does not declare. */
export const UNKNOWN_RULE: OptionRule = oneOf(['reject', 'strip', 'keep']);

/** Whether replies get an ETag. */
export const ETAG_RULE: OptionRule = oneOf([true, false, 'weak']);

const limits = object<HttpLimits>({
  body: atLeast(0),
  timeout: MILLISECONDS,
  url: atLeast(1),
  headers: atLeast(1),
  param: atLeast(1),
  headerBytes: atLeast(1),
  headersTimeout: MILLISECONDS,
  requestTimeout: MILLISECONDS,
  keepAliveTimeout: MILLISECONDS,
  writeStall: MILLISECONDS,
  inFlight: atLeast(1),
});

const firewall = object<FirewallOptions>({
  semicolon: LET_THROUGH,
  backslash: LET_THROUGH,
  unsafeCharacters: LET_THROUGH,
  emptySegments: LET_THROUGH,
  dotSegments: LET_THROUGH,
  encodedSlash: LET_THROUGH,
  encodedBackslash: LET_THROUGH,
  encodedPercent: LET_THROUGH,
  encodedControls: LET_THROUGH,
  separators: LET_THROUGH,
});

const versioning = object<Record<'by' | 'default' | 'prefix' | 'name' | 'vary', unknown>>({
  by: oneOf(['path', 'header', 'media-type'], true),
  default: ANY,
  prefix: ANY,
  name: ANY,
  vary: ANY,
});

const rules = object<HttpOptions>({
  prefix: ANY,
  unknown: UNKNOWN_RULE,
  limits,
  accepts: ANY,
  uploads: object<UploadOptions>({ directory: ANY, limits: FORM_LIMIT_RULES }),
  around: ANY,
  outer: ANY,
  errorBody: ANY,
  errorSchema: object<ErrorSchema>({ schema: ANY, contentType: ANY }),
  securityHeaders: SECURITY_HEADER_RULES,
  cors: CORS_RULES,
  csrf: object<CsrfOptions>({ origins: ANY, tokens: FLAG }, [false]),
  cookies: ANY,
  compress: COMPRESS_RULES,
  etag: ETAG_RULE,
  negotiate: FLAG,
  redirects: object<RedirectsOptions>({ origins: ANY }),
  firewall,
  rateLimit: object<RateLimitOptions>({ limit: ANY, per: ANY, burst: ANY, whenDown: oneOf(['local', 'open', 'closed']), headers: FLAG }, [
    false,
  ]),
  requestIdHeader: FLAG,
  requestLog: object<RequestLogOptions>({ ignore: ANY, slow: ANY, level: ANY, ip: FLAG, headers: ANY, fields: ANY }, [true, false]),
  onError: ANY,
  trace: object<TraceOptions>({ response: FLAG, sampled: FLAG }),
  admin: object<AdminOptions>({ port: ANY, host: text(['']) }),
  health: ANY,
  trust: ANY,
  overload: object<OverloadOptions>({ delay: MILLISECONDS }, [false]),
  tls: object<TlsOptions>({ cert: ANY, key: ANY, passphrase: ANY, minVersion: oneOf(['TLSv1.2', 'TLSv1.3']), ciphers: ANY }),
  trailingSlash: oneOf(['distinct', 'redirect', 'ignore']),
  caseSensitive: FLAG,
  versioning,
});

// A path, too.
const health = object<HealthOptions>({ path: ANY, details: ANY }, [false]);

/** What is wrong with the options of a server: `HTTP_OPTION`, `HTTP_LIMIT`, and `HTTP_PATTERN` for the prefix; all at once. */
export function checkHttpOptions(options: HttpOptions): readonly Problem[] {
  const owner = 'HttpModule.with';
  const errors = [
    ...checkOptions(options, rules, owner),
    ...(typeof options.health === 'string' ? [] : checkOptions(options.health, health, owner, 'health')),
    ...checkPrefix(options.prefix ?? '/'),
  ];
  return errors.map((error) => toProblem(error, 'HttpModule'));
}

// Joined with the paths of routes it would lose its empty segments, and its parameters belong to no route's contract.
function checkPrefix(prefix: string): readonly AppError[] {
  try {
    const patterns = parsePattern(prefix.startsWith('/') ? prefix : `/${prefix}`);
    if (patterns.every(({ names }) => names.length === 0)) return [];
    return [HTTP_ERRORS.PATTERN({ path: JSON.stringify(prefix), reason: 'it is the prefix of HttpModule, and holds parameters' })];
  } catch (error) {
    if (!isAppError(error)) throw error;
    return [error];
  }
}
