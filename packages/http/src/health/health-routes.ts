import type { Health, HealthReport } from '@plinth/core';
import type { Contract, RouteDefinition } from '../contract/contract.js';
import { Reply } from '../reply/reply.js';

const status = {
  type: 'object',
  properties: { status: { type: 'string', enum: ['up', 'down'] } },
  required: ['status'],
} as const;

const contract = {
  open: true,
  context: false,
  tags: ['health'],
  returns: { 200: status, 503: status },
} as const satisfies Contract;

/**
 * `GET <prefix>/live` and `GET <prefix>/ready` for orchestrators and load balancers: 200 or 503, and the status alone. What is
 * down, and why, is for those who may know: write a guarded route over `HEALTH` for them.
 */
export function healthRoutes(health: Health, prefix: string): readonly RouteDefinition[] {
  const probe = (name: string, summary: string, run: () => Promise<HealthReport>): RouteDefinition => ({
    method: 'GET',
    path: `${prefix}/${name}`,
    contract: { ...contract, summary, operationId: `health-${name}` },
    guards: [],
    around: [],
    handler: async () => toReply(await run()),
  });
  return [
    probe('live', 'Whether the process should go on living.', () => health.live()),
    probe('ready', 'Whether requests should be sent here.', () => health.ready()),
  ];
}

function toReply(report: HealthReport): Reply {
  return new Reply(report.status === 'up' ? 200 : 503, { status: report.status }, { headers: { 'cache-control': 'no-store' } });
}
