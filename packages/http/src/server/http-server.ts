import { token } from '@plinth/core';
import type { CompiledRoute } from '../route/route-plan.js';
import type { ErrorSchema } from './http-options.js';
import type { InjectRequest, InjectResponse, InjectStream } from './inject.js';
import type { ServerIdentity } from './server-identity.js';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** For a person to click on; `unix:` and the path for a Unix socket. */
  readonly url: string;
  /** Path of the Unix socket; then there is no port (0). */
  readonly path?: string;
}

/** The HTTP server of an application. */
export interface HttpServer {
  /** Where it listens, the first of several; `undefined` before and after. */
  address(): ListenAddress | undefined;
  /** Everywhere it listens; empty before and after. */
  addresses(): readonly ListenAddress[];
  /** Where the admin listener is; `undefined` before and after, and where there is none. */
  adminAddress(): ListenAddress | undefined;
  /** What the events of this server's requests carry as `server`. */
  readonly identity: ServerIdentity;
  /**
   * Reads certificate and key again, for new connections; SIGHUP does the same. Throws `HTTP_TLS`, and goes on with the old ones,
   * where the new ones cannot be used. Does nothing without TLS.
   */
  reloadTls(): void;
  /** Aborted when the server stops, once its port is closed: for streams without an end of their own. */
  readonly draining: AbortSignal;
  /** See `inject`. */
  inject(request: InjectRequest): Promise<InjectResponse>;
  /** See `injectStream`. */
  injectStream(request: InjectRequest): Promise<InjectStream>;
  /** All routes as data, in the order of the modules; the health routes last. */
  routes(): readonly CompiledRoute[];
  /** The routes for what no other answers (`notFound`), in the order of the modules. */
  misses(): readonly CompiledRoute[];
  /** The schema of the application's own error body, where it has one. */
  readonly errorSchema: ErrorSchema | undefined;
}

/** The HTTP server of the application. */
export const HTTP_SERVER = token<HttpServer>('HTTP_SERVER', { from: 'HttpModule of @plinth/http' });
