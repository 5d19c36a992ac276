import type { CompiledRoute } from '@plinth/http';
import type { Command } from '../command.js';
import { loadProject } from '../config/load-config.js';
import type { Output } from '../output/output.js';
import { formatTable } from '../output/table.js';
import { bootProject } from '../project/boot-project.js';
import { describeAccess } from '../project/describe-access.js';
import { packageOf } from '../project/package-of.js';

/** Lists every route as it was compiled. The application is built, with all checks of a boot, and not started. */
export const routesCommand: Command = {
  name: 'routes',
  summary: 'list the routes: method, path, guards, limits, where defined',
  arguments: [['[path]', 'only routes whose path holds this text']],
  options: [
    ['-m, --method <method>', 'only routes of this method'],
    ['--access', 'who may call each route, in words'],
    ['--only-open <paths>', 'with --access: exit code 1 when a route whose path begins with none of these (comma-separated) is open'],
  ],
  examples: [
    'plinth routes',
    'plinth routes /orders --method POST',
    'plinth routes --json',
    'plinth routes --access --only-open /health,/sign-in',
  ],
  async run({ cwd, config, arguments: [path], options, output }) {
    await using booted = await bootProject(await loadProject(cwd, config));
    const method = (options['method'] as string | undefined)?.toUpperCase();
    const routes = [...booted.server.routes(), ...booted.server.misses()]
      .filter((route) => (method === undefined || route.method === method) && (path === undefined || route.path.includes(path)))
      .map(toRow);
    if (options['access'] === true) return printAccess(routes, options['onlyOpen'], output);
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
  /** `*`: any that no other route of the path has. */
  readonly method: string;
  readonly path: string;
  /** Whether it answers everything below its path too. */
  readonly below: boolean;
  /** Whether it is a `notFound`, which answers only what no other route does. */
  readonly missed: boolean;
  readonly open: boolean;
  readonly guards: readonly string[];
  readonly arounds: readonly string[];
  /** `timeout` in milliseconds, `body` in bytes (`null`: the format's own), `rate` as it is counted (`null`: not at all). */
  readonly limits: { readonly timeout: number; readonly body: number | null; readonly rate: string | null };
  readonly cors: string | null;
  /** `null`: all, or those of its path. */
  readonly versions: readonly string[] | null;
  readonly bodyTypes: readonly string[];
  readonly statuses: readonly number[];
  readonly module: string;
  readonly context: boolean;
  readonly definedAt: string | null;
  /** The package in `node_modules` that defines it; `null`: the project. */
  readonly package: string | null;
}

const accessHeads = ['METHOD', 'PATH', 'WHO', 'MODULE'];

// Sorted by path, so that two listings can be compared by a tool for differences.
function printAccess(rows: readonly RouteRow[], onlyOpen: string | boolean | undefined, output: Output): number {
  const listed =
    typeof onlyOpen === 'string'
      ? onlyOpen
          .split(',')
          .map((path) => path.trim())
          .filter((path) => path.length > 1 || path === '/')
      : undefined;
  const routes = rows
    .map((row) => {
      const { open, who } = describeAccess(row.guards);
      const unlisted = open && listed !== undefined && !listed.some((path) => isBelow(row.path, path));
      return {
        method: row.missed ? 'notFound' : row.method,
        path: pathOf(row),
        open,
        who,
        guards: row.guards,
        module: row.module,
        unlisted,
      };
    })
    .sort((left, right) => compareTexts(left.path, right.path) || compareTexts(left.method, right.method));
  const surplus = routes.filter(({ unlisted }) => unlisted);
  if (output.json) output.data({ routes, open: routes.filter(({ open }) => open).length, unlisted: surplus.length });
  else {
    const cells = routes.map(({ method, path, open, who, module }) => [method, path, open ? `OPEN: ${who}` : who, module]);
    if (cells.length > 0) output.line(formatTable(accessHeads, cells, (text) => output.style('bold', text)));
    for (const { method, path } of surplus) output.note(`${method} ${path} is open, and not among the paths of --only-open`);
  }
  return surplus.length > 0 ? 1 : 0;
}

function isBelow(path: string, base: string): boolean {
  // `/` is the root alone: it would be every route.
  return path === base || (base !== '/' && path.startsWith(`${base.replace(/\/$/, '')}/`));
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

const heads = ['METHOD', 'PATH', 'VERSIONS', 'GUARDS', 'AROUNDS', 'BODY', 'TIMEOUT', 'RATE', 'CORS', 'CONTEXT', 'MODULE', 'DEFINED AT'];

function toRow(route: CompiledRoute): RouteRow {
  const { method, path, open, guards, arounds, module, usesContext, definition, timeout, bodyLimit, bodyTypes = [], statuses } = route;
  const { missed = false, mounted = false, below = false } = definition;
  return {
    method,
    path,
    below: missed || mounted || below,
    missed,
    open: guards.length === 0 && open,
    guards,
    arounds,
    limits: { timeout, body: bodyLimit ?? null, rate: route.rate ?? null },
    cors: route.cors ?? null,
    versions: route.versions ?? null,
    bodyTypes,
    statuses: [...statuses.keys()],
    module,
    context: usesContext,
    definedAt: route.definedAt ?? null,
    package: packageOf(route.definedAt) ?? null,
  };
}

function toCells(row: RouteRow): readonly string[] {
  const { guards, arounds, limits, cors, versions, bodyTypes, context, module } = row;
  const body = bodyTypes.length === 0 ? '-' : limits.body === null ? 'default' : formatBytes(limits.body);
  return [
    row.missed ? 'notFound' : row.method,
    pathOf(row),
    versions?.join(', ') ?? '-',
    guards.join(', ') || 'OPEN',
    arounds.join(', ') || '-',
    body,
    `${limits.timeout / 1000}s`,
    limits.rate ?? '-',
    cors ?? '-',
    context ? 'yes' : 'no',
    module,
    row.package ?? row.definedAt ?? '-',
  ];
}

function pathOf(row: RouteRow): string {
  return row.below ? `${row.path === '/' ? '' : row.path}/*` : row.path;
}

function formatBytes(bytes: number): string {
  if (bytes >= 1024 ** 2 && bytes % 1024 ** 2 === 0) return `${bytes / 1024 ** 2} MiB`;
  return bytes >= 1024 && bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} B`;
}
