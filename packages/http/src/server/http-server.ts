import type { Server } from 'node:http';
import {
  token,
  type BuiltApp,
  type Health,
  type Logger,
  type OnBoot,
  type OnDrain,
  type OnListen,
  type OnStop,
  type Problem,
  type ValueOfConfig,
} from '@plinth/core';
import { createCompiler } from '@plinth/validation';
import { HTTP_ERRORS } from '../errors.js';
import { featuresOf } from '../feature/default-features.js';
import type { FeatureParts } from '../feature/http-feature.js';
import { setUpFeatures } from '../feature/set-up-features.js';
import { healthRoutes } from '../health/health-routes.js';
import { createHosts, LOOPBACK_HOSTS } from '../request/hosts.js';
import type { RouteSettings } from '../route/compile-route.js';
import { runRouteHooks, type RouteHook } from '../route/route-hook.js';
import type { CompiledRoute } from '../route/route-plan.js';
import { createRouteTable } from '../route/route-table.js';
import { securityHeaders, type FlatHeaders } from '../security-headers/security-headers.js';
import { createHeadWriter } from '../reply/head-block.js';
import { checkHeader } from '../reply/check-header.js';
import { createHttpServer, type ServedHttp } from './create-server.js';
import { drain } from './drain.js';
import { createRequestHandler } from './handle-request.js';
import type { HTTP_CONFIG } from './http-config.js';
import type { ErrorSchema, HttpOptions } from './http-options.js';
import { injectInto, type InjectRequest, type InjectResponse } from './inject.js';
import { listen } from './listen.js';
import { createRequestIds } from './request-ids.js';
import type { InjectableLog } from './request-log.js';
import { DEFAULT_LIMITS, type ServerState } from './server-state.js';

/** Where a server listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** For a person to click on. */
  readonly url: string;
}

/** The HTTP server of an application. */
export interface HttpServer {
  /** Where it listens; `undefined` before and after. */
  address(): ListenAddress | undefined;
  /** See `inject`. */
  inject(request: InjectRequest): Promise<InjectResponse>;
  /** All routes as data, in the order of the modules; the health routes last. */
  routes(): readonly CompiledRoute[];
  /** The schema of the application's own error body, where it has one. */
  readonly errorSchema: ErrorSchema | undefined;
}

/** The HTTP server of the application. */
export const HTTP_SERVER = token<HttpServer>('HTTP_SERVER');

/** What the server is built from. */
export interface ServerParts {
  readonly options: HttpOptions;
  readonly config: ValueOfConfig<typeof HTTP_CONFIG>;
  readonly production: boolean;
  readonly logger: Logger;
  readonly log: InjectableLog;
  readonly health: Health;
  readonly hooks: readonly RouteHook[];
}

/** The server as the life of an application drives it. */
export class ApplicationServer implements HttpServer, OnBoot, OnListen, OnDrain, OnStop {
  readonly errorSchema: ErrorSchema | undefined;
  readonly #parts: ServerParts;
  readonly #state: ServerState;
  #hosts: readonly string[];
  #served: ServedHttp | undefined;
  #routes: readonly CompiledRoute[] = [];
  #features: readonly FeatureParts[] = [];
  #address: ListenAddress | undefined;
  #drained: Promise<void> | undefined;

  constructor(parts: ServerParts) {
    const { options, config, production, logger, log } = parts;
    this.#parts = parts;
    this.errorSchema = options.errorSchema;
    this.#hosts = production ? config.hosts : [...LOOPBACK_HOSTS, ...ownHost(config.host), ...config.hosts];
    const limits = { ...DEFAULT_LIMITS, ...definedOf(options.limits ?? {}) };
    this.#state = {
      production,
      nextId: createRequestIds(),
      logger,
      requestLog: options.requestLog === false ? null : log,
      openRequests: { first: null, count: 0 },
      security: securityOf(options, config.url),
      requestIdHeader: options.requestIdHeader !== false,
      errorBody: options.errorBody,
      limits,
      headWriter: createHeadWriter(limits.keepAliveTimeout),
      closing: false,
    };
  }

  /** Compiles and checks every route, and shows them to the route hooks; the problems stop the boot. */
  onBoot(app: BuiltApp): readonly Problem[] {
    const { options, production, health } = this.#parts;
    const state = this.#state;
    const unknown = options.unknown ?? 'reject';
    const compiler = Object.assign(createCompiler({ unknown, lazy: !production }), { unknown });
    const problems: Problem[] = [];
    const server = { production, logger: this.#parts.logger, url: this.#parts.config.url, options, state };
    const features = setUpFeatures(app, server, featuresOf(options), problems);
    const settings: RouteSettings = {
      app,
      compiler,
      replies: { compiler, security: state.security, requestId: state.requestIdHeader },
      around: options.around ?? [],
      outer: options.outer ?? [],
      features,
      root: app.modules.at(-1)!,
      timeout: state.limits.timeout,
      bodyLimit: state.limits.body,
    };
    const own = options.health === false ? [] : healthRoutes(health, options.health ?? '/health');
    const table = createRouteTable(app, settings, { prefix: options.prefix ?? '/', production, own });
    problems.push(...table.problems);
    if (problems.length > 0) return problems;
    this.#features = features;
    const refused = runRouteHooks(this.#parts.hooks, table.routes);
    if (refused.length > 0) return refused;
    this.#routes = table.routes;
    const miss = { trailingSlash: options.trailingSlash ?? 'distinct' };
    this.#served = createHttpServer(
      state,
      createRequestHandler({ state, router: table.router, hosts: createHosts(this.#hosts), miss, features }),
    );
    return [];
  }

  /** Opens the port. Rejects with `HTTP_PORT_IN_USE` or `HTTP_ADDRESS`. */
  async onListen(): Promise<void> {
    const { config, logger } = this.#parts;
    const { host, port } = await listen(this.#built(), config);
    this.#address = { host, port, url: urlOf(host, port) };
    logger.info({ url: this.#address.url }, 'listening');
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
    this.#address = undefined;
  }

  address(): ListenAddress | undefined {
    return this.#address;
  }

  async inject(request: InjectRequest): Promise<InjectResponse> {
    const host = this.#hosts.find((pattern) => !pattern.startsWith('*.')) ?? this.#hosts[0]?.replace('*', 'www') ?? 'localhost';
    return injectInto(this.#built(), request, host);
  }

  routes(): readonly CompiledRoute[] {
    return this.#routes;
  }

  #built(): Server {
    if (this.#served === undefined) throw HTTP_ERRORS.NOT_LISTENING();
    return this.#served.server;
  }
}

function securityOf({ securityHeaders: own }: HttpOptions, url: URL | undefined): FlatHeaders {
  if (own === false) return [];
  const replaced = new Map<string, readonly [string, string]>();
  const defaults = securityHeaders(url);
  for (let index = 0; index < defaults.length; index += 2) {
    const name = defaults[index] as string;
    replaced.set(name.toLowerCase(), [name, defaults[index + 1] as string]);
  }
  for (const [name, value] of Object.entries(own ?? {})) {
    checkHeader(name, value);
    replaced.set(name.toLowerCase(), [name, value]);
  }
  return [...replaced.values()].flat();
}

// A container in development listens on an address of its own and is called by it; "any address" is no name.
function ownHost(host: string): readonly string[] {
  if (host === '0.0.0.0' || host === '::' || host === '') return [];
  return [host.includes(':') ? `[${host}]` : host];
}

function urlOf(host: string, port: number): string {
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${shown}:${port}`;
}

function definedOf<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
