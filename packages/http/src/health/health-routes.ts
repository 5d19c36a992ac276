import type { Health, HealthReport } from '@plinth/core';
import type { Contract, RouteDefinition } from '../contract/contract.js';
import { Reply } from '../reply/reply.js';
import type { HealthOptions } from './health-options.js';

const status = {
  type: 'object',
  properties: { status: { type: 'string', enum: ['up', 'down'] } },
  required: ['status'],
} as const;

const report = {
  type: 'object',
  properties: {
    status: { type: 'string', enum: ['up', 'down'] },
    reasons: { type: 'array', items: { type: 'string' } },
    checks: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          status: { type: 'string', enum: ['up', 'down'] },
          duration: { type: 'number' },
          code: { type: 'string' },
          reason: { type: 'string' },
          details: {},
        },
        required: ['name', 'status', 'duration'],
      },
    },
  },
  required: ['status', 'reasons', 'checks'],
} as const;

const open = {
  open: true,
  context: false,
  tags: ['health'],
  returns: { 200: status, 503: status },
} as const satisfies Contract;

/**
 * `GET <path>/live`, `/ready` and `/startup` for orchestrators and load balancers: 200 or 503, and the status alone. `/details`, behind
 * its guards, says which checks are down, why, and how long they took; it exists where there are guards.
 */
export function healthRoutes(health: Health, options: false | string | HealthOptions): readonly RouteDefinition[] {
  if (options === false) return [];
  const { path = '/health', details = [] } = typeof options === 'string' ? { path: options } : options;
  const route = (name: string, summary: string, handler: () => Promise<Reply>): RouteDefinition => ({
    method: 'GET',
    path: `${path}/${name}`,
    contract: { ...open, summary, operationId: `health-${name}` },
    guards: [],
    around: [],
    handler,
  });
  const probe = (name: string, summary: string, run: () => Promise<HealthReport>) =>
    route(name, summary, async () => toReply(await run(), ({ status: found }) => ({ status: found })));
  const probes = [
    probe('live', 'Whether the process should go on living.', () => health.live()),
    probe('ready', 'Whether requests should be sent here.', () => health.ready()),
    probe('startup', 'Whether the start is complete.', () => health.startup()),
  ];
  if (details.length === 0) return probes;
  const { contract, ...rest } = route('details', 'What is down, and why.', async () =>
    toReply(await health.ready(), ({ status: found, reasons, checks }) => ({ status: found, reasons, checks })),
  );
  const { open: _open, ...guardedContract } = contract;
  return [...probes, { ...rest, contract: { ...guardedContract, returns: { 200: report, 503: report } }, guards: details }];
}

function toReply(found: HealthReport, show: (report: HealthReport) => object): Reply {
  return new Reply(found.status === 'up' ? 200 : 503, show(found), { headers: { 'cache-control': 'no-store' } });
}
