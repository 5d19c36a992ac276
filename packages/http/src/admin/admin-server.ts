import { toProblem, type Logger, type Problem } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import type { Hosts } from '../request/hosts.js';
import { createPathReader } from '../request/read-path.js';
import { compileRoute, type RouteSettings } from '../route/compile-route.js';
import type { RoutePlan } from '../route/route-plan.js';
import { createRouter } from '../router/create-router.js';
import { parsePattern } from '../router/parse-pattern.js';
import type { Router } from '../router/router.js';
import { createHttpServer, type ServedHttp } from '../server/create-server.js';
import { drain } from '../server/drain.js';
import { createRequestHandler } from '../server/handle-request.js';
import { listen, type Listening } from '../server/listen.js';
import { ServerIdentity } from '../server/server-identity.js';
import type { ServerState } from '../server/server-state.js';

/** What an admin listener is made of. */
export interface AdminParts {
  readonly port: number;
  readonly host: string;
  /** The port of the application; 0 where the system chooses it. */
  readonly mainPort: number;
  readonly hosts: Hosts;
  readonly routes: readonly RouteDefinition[];
  /** Of the application's server, whose limits and form of errors hold here too. */
  readonly state: ServerState;
  readonly settings: RouteSettings;
  readonly logger: Logger;
}

/** A listener of its own for operators. It has no features, arounds, log lines or metrics of its own, and is the last to close. */
export class AdminServer {
  readonly #parts: AdminParts;
  readonly #state: ServerState;
  readonly #served: ServedHttp;
  #address: Listening | undefined;

  private constructor(parts: AdminParts, router: Router<RoutePlan>) {
    this.#parts = parts;
    const { state, hosts } = parts;
    this.#state = {
      ...state,
      requestLog: null,
      openRequests: { first: null, count: 0 },
      trust: null,
      hosts,
      load: null,
      vitalPaths: new Set(),
      errorBody: undefined,
      identity: new ServerIdentity(),
      closing: false,
      draining: new AbortController(),
    };
    const readPath = createPathReader(undefined);
    const miss = { trailingSlash: 'distinct', plans: null, versions: null } as const;
    const handle = createRequestHandler({ state: this.#state, router, hosts, readPath, miss, features: [] });
    this.#served = createHttpServer(this.#state, handle, { tls: null, requestTimeout: state.limits.requestTimeout });
  }

  /** Compiles its routes; gives what is wrong with them, or with where it shall be (`HTTP_ADMIN`), to `problems`. */
  static create(parts: AdminParts, problems: Problem[]): AdminServer | undefined {
    const { port, mainPort, host } = parts;
    const bad = (reason: string) => problems.push(toProblem(HTTP_ERRORS.ADMIN({ reason }), 'HttpModule'));
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      bad(`its port is ${JSON.stringify(port) ?? String(port)}, and not a whole number from 0 to 65535`);
    else if (port !== 0 && port === mainPort) bad(`its port ${port} is that of the application`);
    if (typeof host !== 'string' || host === '') bad(`its host is ${JSON.stringify(host) ?? String(host)}, and not an address`);
    const router = createRouter<RoutePlan>();
    const taken = new Set<string>();
    for (const definition of parts.routes) {
      const label = `${definition.method} ${definition.path}`;
      if (taken.has(label)) bad(`two routes answer ${label}`);
      taken.add(label);
      addRoute(definition, parts.settings, router, problems);
    }
    return problems.length > 0 ? undefined : new AdminServer(parts, router);
  }

  /** Rejects with `HTTP_PORT_IN_USE` or `HTTP_ADDRESS`. */
  async listen(): Promise<void> {
    const { host, port, logger } = this.#parts;
    this.#served.listeners = await listen(this.#served.server, { hosts: [host], port, path: '', mode: 0 });
    this.#address = this.#served.listeners.addresses[0];
    logger.info({ host: this.#address?.host, port: this.#address?.port }, 'the admin listener is open');
  }

  /** Where it listens; `undefined` before and after. */
  get address(): Listening | undefined {
    return this.#address;
  }

  /** Closes it; requests under way have a second. */
  async close(): Promise<void> {
    if (this.#address === undefined) return;
    this.#address = undefined;
    await drain(this.#served, this.#state, { grace: 0, limit: 1000 });
  }
}

function addRoute(definition: RouteDefinition, settings: RouteSettings, router: Router<RoutePlan>, problems: Problem[]): void {
  const patterns = parsePattern(definition.path);
  const place = {
    definition,
    path: definition.path,
    names: patterns.at(-1)?.names ?? [],
    module: settings.root,
    controller: undefined,
    vital: true,
  };
  const compiled = compileRoute(place, { ...settings, around: [], outer: [], features: [], logs: () => false });
  if ('problems' in compiled) return void problems.push(...compiled.problems);
  const { method } = definition;
  for (const pattern of patterns)
    for (const name of method === 'GET' ? ['GET', 'HEAD'] : [method]) router.add(name, pattern, compiled.plan);
}
