import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** An application of `fixtures/` in a process of its own. */
export interface ChildApp {
  readonly process: ChildProcess;
  /** What it printed first: where it listens. */
  readonly url: string;
  readonly ended: Promise<number | null>;
  /** Everything it wrote to standard error. */
  errors(): string;
}

/** Starts a fixture and waits until it listens. Whoever starts it ends it. */
export async function startChild(fixture: string, env: Record<string, string> = {}): Promise<ChildApp> {
  const file = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', '-C', '@plinth/source', file], {
    cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
    child.once('close', () => reject(new Error(`${fixture} ended before it listened: ${errors}`)));
  });
  return { process: child, url, ended, errors: () => errors };
}
