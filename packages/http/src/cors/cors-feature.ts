import type { RouteDefinition } from '../contract/contract.js';
import { defineFeature, type HttpFeature, type MissedRoutes, type Station } from '../feature/http-feature.js';
import { writeHead } from '../reply/write-head.js';
import type { RouteContext } from '../request/http-context.js';
import { createHead } from '../route/reply-plan.js';
import type { ServerState } from '../server/server-state.js';
import type { CorsOptions } from './cors-options.js';
import { compileCors, describeCors, type RouteCors } from './route-cors.js';

const varyPreflight = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

const routesOf = new WeakMap<ServerState, ReadonlyMap<RouteDefinition, RouteCors>>();

/** Whether the answers of a request's route depend on the origin of the page that asks. */
export function variesByOrigin({ server, plan }: RouteContext): boolean {
  return plan !== null && routesOf.get(server)?.get(plan.definition)?.origins.all === false;
}

/**
 * Cross-origin requests: closed until `cors` is declared. Every answer of an open route says whose page may read it, errors included;
 * preflights are answered by the route that they ask for, before any guard. Private networks are never opened.
 */
export const corsFeature: HttpFeature = defineFeature({
  name: 'cors',
  deps: [],
  setup({ options, state }) {
    const routes = new Map<RouteDefinition, RouteCors>();
    routesOf.set(state, routes);
    const preflightHead = createHead(204, { length: false, requestId: state.requestIdHeader, noStore: false, security: state.security });
    const elsewhere = options.cors && compileCors({ ...options.cors, methods: ['GET'] }, { method: 'GET', contract: {}, guarded: true });
    return {
      route({ definition, guarded }) {
        const missed = definition.missed === true;
        // What answers a miss of any method has none of its own.
        const server = missed && options.cors !== undefined ? withoutMethods(options.cors) : options.cors;
        const cors = compileCors(server, { method: definition.method, contract: definition.contract, guarded });
        if (cors === undefined) return undefined;
        routes.set(definition, cors);
        return { early: missed ? missedStationOf(cors) : stationOf(cors), shown: { cors: describeCors(cors) } };
      },
      miss(context, found) {
        if (isPreflight(context)) answerPreflight(context, found);
        // A page may read that there is nothing, or not by this method.
        else if (elsewhere !== undefined) allow(context, elsewhere);
      },
    };

    function answerPreflight(context: RouteContext, found: MissedRoutes): void {
      const asked = found.plan(context.header('access-control-request-method') ?? '') ?? headOf(context, found);
      const cors = asked === undefined ? undefined : routes.get(asked.definition);
      const origin = context.header('origin') as string;
      context.setHeader('Vary', varyPreflight);
      if (cors === undefined || !cors.origins.has(origin) || !headersAllowed(context, cors)) return;
      context.answered = true;
      writeHead(context, preflightHead, 0, ['Access-Control-Allow-Origin', cors.origins.all ? '*' : origin, ...cors.preflight]);
      context.response.end();
    }
  },
});

function headOf(context: RouteContext, found: MissedRoutes): ReturnType<MissedRoutes['plan']> {
  return context.header('access-control-request-method') === 'HEAD' ? found.plan('GET') : undefined;
}

function stationOf(cors: RouteCors): Station {
  return (context) => allow(context, cors);
}

// Whatever an author answers a preflight with, it must not read as a leave.
function missedStationOf(cors: RouteCors): Station {
  return (context) => (isPreflight(context) ? context.setHeader('Vary', varyPreflight) : allow(context, cors));
}

function withoutMethods({ methods: _methods, ...options }: CorsOptions): CorsOptions {
  return options;
}

/** Says that the page of an allowed origin may read this answer. */
function allow(context: RouteContext, { origins, answer }: RouteCors): void {
  const origin = context.request.headers.origin;
  if (origin === undefined) return;
  const headers = (context.extraHeaders ??= []);
  // Errors don't have the constant headers of the route.
  if (!origins.all) headers.push('Vary', 'Origin');
  if (!origins.has(origin)) return;
  headers.push('Access-Control-Allow-Origin', origins.all ? '*' : origin);
  for (const text of answer) headers.push(text);
}

function isPreflight(context: RouteContext): boolean {
  const { headers } = context.request;
  return context.method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

function headersAllowed(context: RouteContext, { requestHeaders }: RouteCors): boolean {
  // A public page that asks for a private network is an attack on whoever's browser it runs in.
  if (context.header('access-control-request-private-network') !== undefined) return false;
  if (context.header('access-control-request-local-network') !== undefined) return false;
  const asked = context.header('access-control-request-headers');
  return asked === undefined || asked.split(',').every((name) => name.trim() === '' || requestHeaders.has(name.trim().toLowerCase()));
}
