import type { RouteDefinition } from '../contract/contract.js';
import { media } from '../contract/media-type.js';
import { createRouteFunctions } from '../controller/route-functions.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { Reply } from '../reply/reply.js';
import { METRICS } from './metrics-token.js';
import type { Metrics } from './registry.js';

/** `GET <path>`: the metrics as text, for those whom the guards let pass; without guards for everybody. */
export function metricsRoute(path: string, guards: readonly AnyGuard[]): RouteDefinition {
  const contract = { returns: { 200: media('*/*') }, summary: 'Metrics for Prometheus.', tags: ['metrics'] } as const;
  const { get } = createRouteFunctions(guards);
  return get(path, guards.length === 0 ? { ...contract, open: true } : contract, answer as never, { deps: [METRICS] }) as RouteDefinition;
}

function answer(context: { header(name: string): string | undefined }, metrics: Metrics): Reply {
  const open = context.header('accept')?.includes('application/openmetrics-text') === true;
  const type = open ? 'application/openmetrics-text; version=1.0.0; charset=utf-8' : 'text/plain; version=0.0.4; charset=utf-8';
  const text = metrics.text(open ? 'openmetrics' : 'prometheus');
  return new Reply(200, Buffer.from(text), { headers: { 'content-type': type, 'cache-control': 'no-store' } });
}
