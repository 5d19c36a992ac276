import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import {
  isAppError,
  toProblem,
  type BuiltApp,
  type Health,
  type InFlight,
  type Logger,
  type OnBoot,
  type OnDrain,
  type OnListen,
  type OnStop,
  type Problem,
  type ValueOfConfig,
} from '@plinth/core';
import { createCompiler } from '@plinth/validation';
import { createAdminHosts } from '../admin/admin-hosts.js';
import { adminRoutes } from '../admin/admin-routes.js';
import { AdminServer } from '../admin/admin-server.js';
import type { RouteDefinition } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import { featuresOf } from '../feature/default-features.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { setUpFeatures } from '../feature/set-up-features.js';
import { healthRoutes } from '../health/health-routes.js';
import { checkHttpOptions } from '../options/http-option-rules.js';
import { createHosts, LOOPBACK_HOSTS } from '../request/hosts.js';
import { createPathReader } from '../request/read-path.js';
import { createTrust } from '../request/trust-proxy.js';
import type { RouteSettings } from '../route/compile-route.js';
import { runRouteHooks, type RouteHook } from '../route/route-hook.js';
import type { CompiledRoute } from '../route/route-plan.js';
import { createRouteTable } from '../route/route-table.js';
import { withoutLastSlash } from '../router/trailing-slash.js';
import { varyByOrigin } from '../cors/vary-by-origin.js';
import { createBlocks } from '../security-headers/header-blocks.js';
import { createHttpServer, type ServedHttp } from './create-server.js';
import { createState } from './create-state.js';
import { drain } from './drain.js';
import { createRequestHandler } from './handle-request.js';
import type { HTTP_CONFIG } from './http-config.js';
import type { ErrorSchema, HttpOptions } from './http-options.js';
import type { HttpServer, ListenAddress } from './http-server.js';
import { injectInto, injectStreamInto, type InjectRequest, type InjectResponse, type InjectStream } from './inject.js';
import { hostsOf, ownHosts } from './listen-hosts.js';
import { urlOf } from './listen-url.js';
import { warnOfPlainHttp } from './plain-http.js';
import { listen } from './listen.js';
import { readRequestLines } from './request-lines.js';
import type { InjectableLog } from './request-log.js';
import type { ServerIdentity } from './server-identity.js';
import type { ServerState } from './server-state.js';
import { tlsOf } from './tls-of.js';
import { readTls, type TlsOptions } from './tls.js';

/** What the server is built from. */
export interface ServerParts {
  readonly options: HttpOptions;
  readonly config: ValueOfConfig<typeof HTTP_CONFIG>;
  readonly production: boolean;
  readonly logger: Logger;
  readonly log: InjectableLog;
  readonly health: Health;
  readonly hooks: readonly RouteHook[];
  readonly identity: ServerIdentity;
  readonly adminRoutes: readonly RouteDefinition[];
}

/** The server as the life of an application drives it. */
export class ApplicationServer implements HttpServer, InFlight, OnBoot, OnListen, OnDrain, OnStop {
  readonly errorSchema: ErrorSchema | undefined;
  readonly identity: ServerIdentity;
  readonly #parts: ServerParts;
  readonly #state: ServerState;
  readonly #wrong: readonly Problem[];
  #hosts: readonly string[];
  #served: ServedHttp | undefined;
  #admin: AdminServer | undefined;
  #routes: readonly CompiledRoute[] = [];
  #misses: readonly CompiledRoute[] = [];
  #features: readonly FeatureParts[] = [];
  #addresses: readonly ListenAddress[] = [];
  readonly #tls: TlsOptions | undefined;
  readonly #onHangup = (): void => this.#tryReload();
  #drained: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    const { options, config, production, identity } = parts;
    this.identity = identity;
    this.#parts = parts;
    this.errorSchema = options.errorSchema;
    this.#hosts = production ? config.hosts : [...LOOPBACK_HOSTS, ...ownHosts(config.host), ...config.hosts];
    this.#tls = tlsOf(options.tls, config);
    this.#wrong = checkHttpOptions(options);
    // What is wrong is told at boot, with everything else: until then there is a state that nothing can be asked of.
    const usable = this.#wrong.length === 0 ? parts : { ...parts, options: {} };
    this.#state = createState(usable, this.#publicUrl());
    identity.openRequests = this.#state.openRequests;
  }

  /** Compiles and checks every route, and shows them to the route hooks; the problems stop the boot. */
  onBoot(app: BuiltApp): readonly Problem[] {
    const { options, production, health } = this.#parts;
    const state = this.#state;
    const unknown = options.unknown ?? 'reject';
    const compiler = Object.assign(createCompiler({ unknown, lazy: !production }), { unknown });
    const problems: Problem[] = [...this.#wrong];
    // Features could only fail with them, or say the same again.
    if (problems.some(({ code }) => code === HTTP_ERRORS.OPTION.code)) return problems;
    const server = { production, logger: this.#parts.logger, url: this.#parts.config.url, options, state };
    attempt(problems, () => (state.lines = readRequestLines(options.requestLog)));
    if (state.lines.slow !== Infinity) state.identity.timed = true;
    attempt(problems, () => (state.trust = createTrust(options.trust, this.#parts.config.trustProxy)));
    const tls = attempt(problems, () => (this.#tls === undefined ? null : readTls(this.#tls))) ?? null;
    const features = setUpFeatures(app, server, featuresOf(options), problems);
    const settings: RouteSettings = {
      app,
      compiler,
      replies: {
        compiler,
        blocksOf: varyByOrigin(createBlocks(options.securityHeaders, this.#publicUrl()), options.cors),
        requestId: state.requestIdHeader,
      },
      around: options.around ?? [],
      outer: options.outer ?? [],
      features,
      root: app.modules.at(-1)!,
      timeout: state.limits.timeout,
      bodyTimeout: state.limits.requestTimeout,
      bodyLimit: state.limits.body,
      accepts: options.accepts,
      uploads: options.uploads ?? {},
      logs: state.lines.logs,
    };
    const own = healthRoutes(health, options.health ?? {});
    const table = createRouteTable(app, settings, {
      prefix: options.prefix ?? '/',
      production,
      own,
      versioning: options.versioning,
      caseSensitive: options.caseSensitive,
    });
    problems.push(...table.problems);
    for (const feature of features) attempt(problems, () => feature.routed?.());
    this.#admin = this.#createAdmin(settings, problems);
    if (problems.length > 0) return problems;
    this.#features = features;
    const refused = runRouteHooks(this.#parts.hooks, table.routes);
    if (refused.length > 0) return refused;
    this.#routes = table.routes;
    this.#misses = table.misses?.routes ?? [];
    state.hosts = createHosts(this.#hosts);
    state.vitalPaths = new Set(own.map(({ path }) => path));
    const trailingSlash = options.trailingSlash ?? 'distinct';
    const readPath = createPathReader(options.firewall);
    this.#served = createHttpServer(
      state,
      createRequestHandler({
        state,
        router: table.router,
        hosts: state.hosts,
        readPath: trailingSlash === 'ignore' ? withoutLastSlash(readPath) : readPath,
        miss: { trailingSlash, plans: table.misses, versions: table.missedVersions },
        features,
      }),
      { tls, requestTimeout: Math.max(state.limits.requestTimeout, state.limits.headersTimeout, table.bodyTimeout) },
    );
    return [];
  }

  /** Opens every address. Rejects with `HTTP_PORT_IN_USE`, `HTTP_ADDRESS` or `HTTP_SOCKET`. */
  async onListen(): Promise<void> {
    const { config, logger, production } = this.#parts;
    const server = this.#built();
    // First, so that whoever finds the application finds its metrics too.
    await this.#admin?.listen();
    const listeners = await listen(server, {
      hosts: hostsOf(config.host),
      port: config.port,
      path: config.socket,
      mode: Number.parseInt(config.socketMode, 8),
    });
    (this.#served as ServedHttp).listeners = listeners;
    const scheme = this.#tls === undefined ? 'http' : 'https';
    this.#addresses = listeners.addresses.map((address) => ({ ...address, url: urlOf(address, scheme) }));
    const [first] = this.#addresses;
    if (this.#addresses.length === 1) logger.info({ url: first?.url }, 'listening');
    else logger.info({ url: first?.url, urls: this.#addresses.map(({ url }) => url) }, 'listening');
    if (this.#tls !== undefined) process.on('SIGHUP', this.#onHangup);
    else if (production && this.#state.trust === null) {
      const warning = warnOfPlainHttp(config.url, this.#addresses);
      if (warning !== undefined) logger.warn(warning);
    }
  }

  /** Grace only for SIGTERM, which is what orchestrators send: nobody waits for a person's Ctrl-C. */
  onDrain(signal?: string): Promise<void> {
    const { config, health } = this.#parts;
    if (this.#served === undefined) return Promise.resolve();
    health.down('draining');
    return (this.#drained ??= drain(this.#served, this.#state, { grace: signal === 'SIGTERM' ? config.grace : 0, limit: config.drain }));
  }

  async onStop(): Promise<void> {
    await this.onDrain();
    for (const feature of this.#features) feature.close?.();
    this.#state.load?.close();
    process.off('SIGHUP', this.#onHangup);
    this.#addresses = [];
    await this.#admin?.close();
  }

  address(): ListenAddress | undefined {
    return this.#addresses[0];
  }

  addresses(): readonly ListenAddress[] {
    return this.#addresses;
  }

  adminAddress(): ListenAddress | undefined {
    const address = this.#admin?.address;
    return address && { ...address, url: urlOf(address, 'http') };
  }

  /** Requests that are open. */
  get inFlight(): number {
    return this.#state.openRequests.count;
  }

  get draining(): AbortSignal {
    return this.#state.draining.signal;
  }

  reloadTls(): void {
    if (this.#tls !== undefined) (this.#built() as SecureServer).setSecureContext(readTls(this.#tls));
  }

  #tryReload(): void {
    try {
      this.reloadTls();
      this.#parts.logger.info('certificate and key were read again');
    } catch (err) {
      this.#parts.logger.error({ err }, 'the new certificate cannot be used; the old one stays');
    }
  }

  // Who ends TLS here is reached by https, whatever APP_URL says or leaves open.
  #publicUrl(): URL | undefined {
    return this.#tls === undefined ? this.#parts.config.url : new URL('https://localhost');
  }

  async inject(request: InjectRequest): Promise<InjectResponse> {
    return injectInto(this.#built(), request, this.#ownHost());
  }

  async injectStream(request: InjectRequest): Promise<InjectStream> {
    return injectStreamInto(this.#built(), request, this.#ownHost());
  }

  routes(): readonly CompiledRoute[] {
    return this.#routes;
  }

  misses(): readonly CompiledRoute[] {
    return this.#misses;
  }

  // Loopback unless the code says otherwise: an environment that sets a port must not open it to everybody.
  #createAdmin(settings: RouteSettings, problems: Problem[]): AdminServer | undefined {
    const { options, config, health, logger, adminRoutes: contributed } = this.#parts;
    const port = config.adminPort ?? options.admin?.port;
    if (port === undefined) return undefined;
    const host = options.admin?.host ?? '127.0.0.1';
    const hosts = createAdminHosts([...this.#hosts, ...ownHosts(host)]);
    const routes = [...adminRoutes(health, () => this.#routes), ...contributed];
    return AdminServer.create({ port, host, mainPort: config.port, hosts, routes, state: this.#state, settings, logger }, problems);
  }

  #ownHost(): string {
    return this.#hosts.find((pattern) => !pattern.startsWith('*.')) ?? this.#hosts[0]?.replace('*', 'www') ?? 'localhost';
  }

  #built(): Server {
    if (this.#served === undefined) throw HTTP_ERRORS.NOT_LISTENING();
    return this.#served.server;
  }
}

function attempt<T>(problems: Problem[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!isAppError(error)) throw error;
    problems.push(toProblem(error, 'HttpModule'));
    return undefined;
  }
}
