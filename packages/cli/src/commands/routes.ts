import type { CompiledRoute, RouteRateLimits } from '@plinth/http';
import type { Command } from '../command.js';
import { loadProject } from '../config/load-config.js';
import { formatTable } from '../output/table.js';
import { bootProject } from '../project/boot-project.js';

/** Lists every route as it was compiled. The application is built, with all checks of a boot, and not started. */
export const routesCommand: Command = {
  name: 'routes',
  summary: 'list the routes: method, path, guards, limits, where defined',
  arguments: [['[path]', 'only routes whose path holds this text']],
  options: [['-m, --method <method>', 'only routes of this method']],
  examples: ['plinth routes', 'plinth routes /orders --method POST', 'plinth routes --json'],
  async run({ cwd, config, arguments: [path], options, output }) {
    await using booted = await bootProject(await loadProject(cwd, config));
    const method = (options['method'] as string | undefined)?.toUpperCase();
    const routes = booted.server
      .routes()
      .filter((route) => (method === undefined || route.method === method) && (path === undefined || route.path.includes(path)))
      .map(toRow);
    if (output.json) {
      output.data({ routes });
      return 0;
    }
    const bold = (text: string) => output.style('bold', text);
    if (routes.length > 0) output.line(formatTable(heads, routes.map(toCells), bold));
    output.note(output.style('dim', `${routes.length} ${routes.length === 1 ? 'route' : 'routes'}`));
    return 0;
  },
};

/** A route as `--json` shows it. */
interface RouteRow {
  readonly method: string;
  readonly path: string;
  readonly open: boolean;
  readonly guards: readonly string[];
  /** `timeout` in milliseconds, `body` in bytes (`null`: the format's own), `rate` as it is counted. */
  readonly limits: { readonly timeout: number; readonly body: number | null; readonly rate: string };
  readonly bodyTypes: readonly string[];
  readonly statuses: readonly number[];
  readonly module: string;
  readonly context: boolean;
  readonly definedAt: string | null;
}

const heads = ['METHOD', 'PATH', 'GUARDS', 'BODY', 'TIMEOUT', 'RATE', 'CONTEXT', 'MODULE', 'DEFINED AT'];

function toRow(route: CompiledRoute): RouteRow {
  const { method, path, open, guards, module, usesContext, definition, timeout, bodyLimit, bodyTypes = [], statuses } = route;
  return {
    method,
    path,
    open: guards.length === 0 && open,
    guards,
    limits: { timeout, body: bodyLimit ?? null, rate: describeRate(definition.contract.rateLimit) },
    bodyTypes,
    statuses: [...statuses.keys()],
    module,
    context: usesContext,
    definedAt: route.definedAt ?? null,
  };
}

function toCells({ method, path, guards, limits, bodyTypes, context, module, definedAt }: RouteRow): readonly string[] {
  const body = bodyTypes.length === 0 ? '-' : limits.body === null ? 'default' : formatBytes(limits.body);
  return [
    method,
    path,
    guards.join(', ') || 'OPEN',
    body,
    `${limits.timeout / 1000}s`,
    limits.rate,
    context ? 'yes' : 'no',
    module,
    definedAt ?? '-',
  ];
}

function describeRate(limits: RouteRateLimits | undefined): string {
  if (limits === false) return 'none';
  if (limits === undefined) return 'default';
  const list = Array.isArray(limits) ? limits : [limits];
  return list
    .map(({ limit, per = '1m', by, cost }: { limit?: number; per?: number | string; by?: unknown; cost?: number }) => {
      const rate = limit === undefined ? 'default' : `${limit}/${typeof per === 'number' ? `${per}ms` : per}`;
      return `${rate}${cost === undefined ? '' : ` x${cost}`}${by === undefined ? '' : ` by ${typeof by === 'function' ? 'function' : String(by)}`}`;
    })
    .join(' + ');
}

function formatBytes(bytes: number): string {
  if (bytes >= 1024 ** 2 && bytes % 1024 ** 2 === 0) return `${bytes / 1024 ** 2} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
