import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that serves HTTP, from its start to its end. */
export interface Service {
  readonly url: string;
  /** Everything it has printed so far. */
  output(): string;
  /** Sends a signal and gives the exit code; kills it after ten seconds. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ServiceOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly shell?: boolean;
}

/** Starts a service on a free port, given to it as PORT, and waits until it answers. Throws an Error with what it printed. */
export async function startService(command: string, args: readonly string[], { cwd, env, shell }: ServiceOptions): Promise<Service> {
  const port = await freePort();
  const child = spawn(command, [...args], {
    cwd,
    shell,
    detached: true,
    env: { ...process.env, ...env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(127);
    });
    child.on('close', resolve);
  });
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([answers(url, child), ended]);
  if (child.exitCode !== null || !(await reachable(url))) {
    kill(child, 'SIGKILL');
    throw new Error(`${command} ${args.join(' ')} did not begin to serve:\n${output}`);
  }
  return {
    url,
    output: () => output,
    stop: async (signal) => {
      kill(child, signal);
      const late = setTimeout(() => kill(child, 'SIGKILL'), 10_000);
      const code = await ended;
      clearTimeout(late);
      return code;
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    if (await reachable(url)) return;
    await sleep(50);
  }
}

async function reachable(url: string): Promise<boolean> {
  return fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
}

/** The whole group: a shell or a watcher in between hands nothing on. */
function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No free port.'))));
    });
  });
}
