import { CLOCK, optionalDep, PINO } from '@plinth/core';
import type { RouteDefinition } from '../contract/contract.js';
import type { GuardContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';
import {
  defineFeature,
  type FeatureRoute,
  type HttpFeature,
  type MissedRoutes,
  type RouteStations,
  type Station,
} from '../feature/http-feature.js';
import { runStations } from '../feature/run-stations.js';
import { clientKey } from '../request/client-key.js';
import type { RouteContext } from '../request/http-context.js';
import { HTTP_CONFIG } from '../server/http-config.js';
import type { CompiledPolicy } from './compile-policy.js';
import { limitStation, type Limit, type LimitStore } from './limit.js';
import { MemoryRateLimitStore } from './memory-rate-limit-store.js';
import { readOperatorRates } from './operator-rates.js';
import { Policies } from './policies.js';
import type { RateLimitOptions, RouteRateLimit, WhenDown } from './rate-limit-options.js';
import { RATE_LIMIT_STORE } from './rate-limit-store.js';
import { WatchedStore } from './watched-store.js';

const DEFAULT = { limit: 600, per: '1m', burst: 100 } as const;

/**
 * Rate limits: of every client over all routes (ASVS 2.4.1), and those of contracts. By client before everything else, also where no
 * route answers; by user and by key after the guards. HEAD and OPTIONS count as the GET of their path.
 */
export function rateLimitFeature(options: RateLimitOptions | false): HttpFeature {
  return defineFeature({
    name: 'rate-limit',
    deps: [HTTP_CONFIG, CLOCK, PINO, optionalDep(RATE_LIMIT_STORE)],
    setup({ logger }, config, clock, _log, store) {
      const rates = readOperatorRates(config.rateLimits);
      if ('wrong' in Object(rates))
        throw HTTP_ERRORS.RATE_LIMITS({ value: JSON.stringify((rates as { wrong: string }).wrong), reason: 'not a rate' });
      const local = new MemoryRateLimitStore({ now: () => clock.monotonic() });
      const policies = new Policies(rates as Exclude<typeof rates, { wrong: string }>);
      const compiler = new LimitCompiler(options, {
        store: store === undefined ? local : new WatchedStore(store, local, logger),
        policies,
      });
      return {
        route: (route) => compiler.route(route),
        miss: (context, found) => compiler.miss(context as RouteContext, found),
        routed: () => policies.checkNames(),
      };
    },
  });
}

interface CompilerParts {
  readonly store: LimitStore;
  readonly policies: Policies;
}

class LimitCompiler {
  readonly #store: LimitStore;
  readonly #policies: Policies;
  readonly #whenDown: WhenDown;
  readonly #headers: boolean;
  readonly #default: CompiledPolicy | undefined;
  readonly #missed: readonly Station[];
  /** What each route does by client, for the OPTIONS of its path. */
  readonly #early = new WeakMap<RouteDefinition, readonly Station[]>();

  constructor(options: RateLimitOptions | false, { store, policies }: CompilerParts) {
    this.#store = store;
    this.#policies = policies;
    const own = options === false ? {} : options;
    this.#whenDown = own.whenDown ?? 'local';
    this.#headers = own.headers !== false;
    const rate = { ...(own.limit === undefined && DEFAULT), ...own } as { readonly limit: number };
    this.#default = options === false ? undefined : policies.of('default', rate, this.#whenDown, 'every route');
    this.#missed = this.#default === undefined ? [] : [this.#station({ policy: this.#default, cost: 1, keyOf: byClient })];
  }

  route(route: FeatureRoute): RouteStations | undefined {
    // Orchestrators ask often, from few addresses, and must always get an answer.
    if (route.vital) return undefined;
    const declared = route.definition.contract.rateLimit;
    if (declared === false) return undefined;
    const list: readonly RouteRateLimit[] = declared === undefined ? [] : Array.isArray(declared) ? declared : [declared as RouteRateLimit];
    const early: Station[] = [];
    const admitted: Station[] = [];
    const shown: string[] = [];
    for (const [index, limit] of list.entries()) {
      const compiled = this.#limit(limit, index, route);
      if (compiled === undefined) continue;
      (isByClient(limit) ? early : admitted).push(this.#station(compiled));
      shown.push(describeLimit(compiled, limit));
    }
    if (!list.some(isByClient)) {
      early.unshift(...this.#missed);
      if (this.#default !== undefined) shown.unshift(this.#default.rate);
    }
    this.#early.set(route.definition, early);
    return {
      ...(shown.length > 0 && { shown: { rate: shown.join(' + ') } }),
      ...(early.length > 0 && { early: stationOf(early) }),
      ...(admitted.length > 0 && { admitted: stationOf(admitted) }),
    };
  }

  /** 404, 405 and OPTIONS: what costs us little is a way to search for what costs more. */
  miss(context: RouteContext, found: MissedRoutes): void | Promise<void> {
    if (context.answered) return undefined;
    return runStations(context, (context.method === 'OPTIONS' ? this.#ofPath(found) : undefined) ?? this.#missed);
  }

  #ofPath(found: MissedRoutes): readonly Station[] | undefined {
    for (const method of ['GET', ...found.methods]) {
      const plan = found.methods.includes(method) ? found.plan(method) : undefined;
      // A route without limits has none for its OPTIONS either.
      if (plan !== undefined) return this.#early.get(plan.definition) ?? [];
    }
    return undefined;
  }

  #limit(limit: RouteRateLimit, index: number, route: FeatureRoute): Limit | undefined {
    const { cost = 1, by = 'client' } = limit;
    const name = limit.name ?? (index === 0 ? route.label : `${route.label} (${index + 1})`);
    const refuse = (reason: string): Error => HTTP_ERRORS.RATE_LIMIT({ name: JSON.stringify(name), route: route.label, reason });
    if (!Number.isSafeInteger(cost) || cost < 1) throw refuse(`cost is ${cost}, not a whole number of at least 1`);
    if (typeof by !== 'function' && by !== 'client' && by !== 'user')
      throw refuse(`by is ${JSON.stringify(by)}, not 'client', 'user' or a function`);
    if (by === 'user' && !route.guarded) throw refuse('it counts by user, and the route has no guard that could give one');
    const policy = this.#policy(limit, name, route, refuse);
    if (policy === undefined) return undefined;
    if (cost > policy.burst) throw refuse(`one request costs ${cost}, more than its burst of ${policy.burst}: none would ever pass`);
    return { policy, cost, keyOf: keyOf(by) };
  }

  #policy(limit: RouteRateLimit, name: string, route: FeatureRoute, refuse: (reason: string) => Error): CompiledPolicy | undefined {
    if (limit.limit !== undefined)
      return this.#policies.of(name, { ...limit, limit: limit.limit }, limit.whenDown ?? this.#whenDown, route.label);
    if (
      limit.per !== undefined ||
      limit.burst !== undefined ||
      limit.name !== undefined ||
      limit.whenDown !== undefined ||
      !isByClient(limit)
    )
      throw refuse('it has no `limit`; without one, only `cost` can be said, which is taken from the default limit');
    return this.#default;
  }

  #station(limit: Limit): Station {
    return limitStation(limit, this.#store, this.#headers);
  }
}

function isByClient({ by }: RouteRateLimit): boolean {
  return by === undefined || by === 'client';
}

function describeLimit({ policy, cost }: Limit, { by = 'client' }: RouteRateLimit): string {
  const whom = by === 'client' ? '' : ` by ${typeof by === 'function' ? 'function' : by}`;
  return `${policy.rate}${whom}${cost === 1 ? '' : ` x${cost}`}`;
}

function stationOf(stations: readonly Station[]): Station {
  return stations.length === 1 ? (stations[0] as Station) : (context) => runStations(context, stations);
}

function keyOf(by: NonNullable<RouteRateLimit['by']>): Limit['keyOf'] {
  if (by === 'client') return byClient;
  if (by === 'user') return byUser;
  return (context) => by(context as unknown as GuardContext);
}

function byClient(context: RouteContext): string {
  return clientKey(context.ip);
}

// Of two kinds, so that nobody can call himself by an address.
function byUser(context: RouteContext): string {
  const id = (context as RouteContext & { readonly user?: { readonly id?: unknown } }).user?.id;
  return id === undefined || id === null ? `client ${byClient(context)}` : `user ${String(id)}`;
}
