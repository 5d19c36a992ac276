import type { Logger } from '@plinth/core';
import type { InjectableLog } from './request-log.js';
import type { OpenRequests } from '../request/open-requests.js';
import type { HeadWriter } from '../reply/head-block.js';
import type { FlatHeaders } from '../security-headers/security-headers.js';
import type { ErrorBody } from './http-options.js';

/** What all requests of a server share. */
export interface ServerState {
  readonly production: boolean;
  readonly nextId: () => string;
  readonly logger: Logger;
  /** `null` when requests are not logged. */
  readonly requestLog: InjectableLog | null;
  readonly openRequests: OpenRequests;
  readonly security: FlatHeaders;
  readonly requestIdHeader: boolean;
  readonly errorBody: ErrorBody | undefined;
  readonly limits: ResolvedLimits;
  /** `null` on a Node whose response works differently inside. */
  readonly headWriter: HeadWriter | null;
  /** While draining: every answer closes its connection. */
  closing: boolean;
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
