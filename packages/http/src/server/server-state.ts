import type { LineWriter, Logger } from '@plinth/core';
import type { ErrorReporter } from './report-error.js';
import type { RequestLines } from './request-lines.js';
import type { InjectableLog } from './request-log.js';
import type { ServerIdentity } from './server-identity.js';
import type { CookieKeyRing } from '../cookies/cookie-keys.js';
import type { OpenRequests } from '../request/open-requests.js';
import type { HeadWriter } from '../reply/head-block.js';
import type { Hosts } from '../request/hosts.js';
import type { ProxyTrust } from '../request/trust-proxy.js';
import type { LoadWatch } from './load-watch.js';
import type { LoadRefuser } from './refuse-load.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import type { Development } from '../dev/development.js';
import type { ErrorBody } from './http-options.js';

/** What all requests of a server share. */
export interface ServerState {
  readonly production: boolean;
  readonly nextId: () => string;
  readonly logger: Logger;
  /** `null` when requests are not logged. */
  readonly requestLog: InjectableLog | null;
  /** Writes lines of a known shape; `null` where only `requestLog` can. */
  readonly lineWriter: LineWriter | null;
  /** How lines of requests are written. */
  lines: RequestLines;
  /** `null` where nobody is told of errors. */
  readonly onError: ErrorReporter | null;
  readonly identity: ServerIdentity;
  /** Whether traces that begin here are marked as sampled. */
  readonly sampled: boolean;
  readonly openRequests: OpenRequests;
  /** `null` where no proxy is trusted. */
  trust: ProxyTrust | null;
  hosts: Hosts;
  /** `null` where no signed or encrypted cookies are declared. */
  cookieKeys: CookieKeyRing | null;
  /** `null` where nothing is shed but by the number in flight. */
  readonly load: LoadWatch | null;
  /** Answers what there is no room for; made with the first such request. */
  loadRefuser: LoadRefuser | null;
  /** Paths that are answered whatever the Host: probes of an orchestrator go to an address. */
  vitalPaths: ReadonlySet<string>;
  readonly security: FlatHeaders;
  readonly requestIdHeader: boolean;
  readonly errorBody: ErrorBody | undefined;
  readonly limits: ResolvedLimits;
  /** `null` in production. */
  readonly development: Development | null;
  /** `null` on a Node whose response works differently inside. */
  readonly headWriter: HeadWriter | null;
  /** While draining: every answer closes its connection. */
  closing: boolean;
  /** Aborted once the port is closed: streams that have no end of their own end then, and their clients connect elsewhere. */
  readonly draining: AbortController;
}

/** The limits with their defaults filled in; `body` stays open where each format has its own. */
export interface ResolvedLimits {
  readonly body: number | undefined;
  readonly timeout: number;
  readonly url: number;
  readonly headers: number;
  readonly param: number;
  readonly headerBytes: number;
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  readonly writeStall: number;
  readonly inFlight: number;
}

/** Default limits (times in milliseconds). */
export const DEFAULT_LIMITS: ResolvedLimits = {
  body: undefined,
  timeout: 30_000,
  url: 8192,
  headers: 100,
  param: 1024,
  headerBytes: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  writeStall: 60_000,
  inFlight: 1000,
};
