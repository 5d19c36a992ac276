import type { Health } from '@plinth/core';
import { media } from '../contract/media-type.js';
import type { RouteDefinition } from '../contract/contract.js';
import { createRouteFunctions } from '../controller/route-functions.js';
import { defineGuard } from '../guard/define-guard.js';
import { healthRoutes } from '../health/health-routes.js';
import { reply } from '../reply/reply.js';
import type { CompiledRoute } from '../route/route-plan.js';

/** What every admin listener serves: the probes, the details of health, and the application's routes as data. */
export function adminRoutes(health: Health, routes: () => readonly CompiledRoute[]): readonly RouteDefinition[] {
  const { get } = createRouteFunctions([]);
  const list = get('/routes', { open: true, context: false, returns: { 200: media('application/json') } }, () =>
    reply(200, JSON.stringify(routes().map(describe)), { headers: { 'cache-control': 'no-store' } }),
  );
  return [...healthRoutes(health, { details: [admitted] }), list as RouteDefinition];
}

// Who reaches the listener may see the details; that is what it is for.
const admitted = defineGuard({ name: 'admin-listener', run: () => undefined });

function describe(route: CompiledRoute): object {
  const { method, path, open, guards, statuses, module, timeout, bodyLimit, bodyTypes, versions, definedAt, definition } = route;
  const { summary, tags, priority, deprecated } = definition.contract;
  return {
    method,
    path,
    open,
    guards,
    statuses: [...statuses.keys()],
    module,
    timeout,
    bodyLimit,
    bodyTypes,
    versions,
    definedAt,
    summary,
    tags,
    priority,
    deprecated,
  };
}
