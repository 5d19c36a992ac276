import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typeScriptLoader } from '../project/type-script.js';

/** How a service ended. */
export interface ServiceEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to standard error. */
  readonly errors: string;
}

/** One run of the entry, in a process of its own. */
export interface Service {
  /** Asks it to stop, kills it after `limit` milliseconds, and resolves when the process is gone, and its port with it. */
  stop(limit?: number): Promise<ServiceEnd>;
  readonly ended: Promise<ServiceEnd>;
}

/** What a service is run with. */
export interface ServiceOptions {
  readonly folder: string;
  readonly entry: string;
  /** Called for each file that the service has loaded, as a path. */
  readonly onFile: (file: string) => void;
}

const KEPT = 64 * 1024;

/** Runs the entry of a project. */
export function runService({ folder, entry, onFile }: ServiceOptions): Service {
  const loader = typeScriptLoader(folder);
  const hook = new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './dev-child.js', import.meta.url);
  const args = [
    ...process.execArgv,
    '--enable-source-maps',
    ...(loader === undefined ? [] : ['--import', loader]),
    '--import',
    hook.href,
    entry,
  ];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    // Standard error passes through us: its end says what to show when the service has failed.
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    // Node tells its parent which modules it loads, as for its own --watch.
    env: {
      ...process.env,
      WATCH_REPORT_DEPENDENCIES: '1',
      PLINTH_DEV: '1',
      ...(process.stderr.isTTY && process.env['NO_COLOR'] === undefined && { FORCE_COLOR: '1' }),
    },
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    errors = (errors + text).slice(-KEPT);
  });
  child.on('message', (message) => {
    for (const file of filesOf(message)) onFile(file);
  });
  const ended = new Promise<ServiceEnd>((resolve) => {
    child.once('error', (error) => resolve({ code: 1, signal: null, errors: String(error) }));
    child.once('close', (code, signal) => resolve({ code, signal, errors }));
  });
  return { ended, stop: (limit = 10_000) => stopChild(child, ended, limit) };
}

async function stopChild(child: ChildProcess, ended: Promise<ServiceEnd>, limit: number): Promise<ServiceEnd> {
  if (child.exitCode !== null || child.signalCode !== null) return ended;
  if (child.connected) child.send('plinth:stop', () => undefined);
  else child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
  }
}

function filesOf(message: unknown): readonly string[] {
  if (typeof message !== 'object' || message === null) return [];
  const { 'watch:import': imported, 'watch:require': required } = message as Record<string, unknown>;
  return [imported, required]
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .filter((name): name is string => typeof name === 'string')
    .flatMap((name) => {
      if (!name.startsWith('file:')) return name.startsWith('node:') ? [] : [name];
      try {
        return [fileURLToPath(name.replace(/[?#].*$/, ''))];
      } catch {
        return [];
      }
    });
}
