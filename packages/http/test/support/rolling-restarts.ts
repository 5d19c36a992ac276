import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child-app.js';

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** Whether HAProxy is here. Where tests may be left out, its absence is noted for the closing line of the run; elsewhere it throws. */
export function hasHaproxy(): boolean {
  if (spawnSync('haproxy', ['-v'], { env: { PATH } }).status === 0) return true;
  const { CI, PLINTH_REQUIRE_SERVERS, PLINTH_MISSING_SERVERS } = process.env;
  if (CI !== undefined || PLINTH_REQUIRE_SERVERS === '1')
    throw new Error('HAProxy is not installed, so rolling restarts cannot be tested: apt-get install haproxy.');
  if (PLINTH_MISSING_SERVERS !== undefined) appendFileSync(PLINTH_MISSING_SERVERS, 'HAProxy\n');
  return false;
}

/** What a series of restarts came to. */
export interface RestartOutcome {
  readonly answered: number;
  /** Statuses other than 200, and codes of broken connections. */
  readonly failed: readonly (number | string)[];
  /** Exit codes of the instances that were stopped. */
  readonly exits: readonly (number | null)[];
}

/** Restarts two instances behind HAProxy in turn, so many times in all, while twenty clients keep sending. */
export async function restartInTurn(times: number): Promise<RestartOutcome> {
  const [front, ...ports] = await freePorts(3);
  const folder = mkdtempSync(join(tmpdir(), 'plinth-haproxy-'));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, configOf(front as number, ports));
  const start = (port: number) => startChild('rolling-app.ts', { PORT: String(port), HTTP_GRACE: '2s', HTTP_DRAIN: '10s' });
  const instances = await Promise.all(ports.map(start));
  const haproxy = spawn('haproxy', ['-db', '-f', file], { env: { PATH }, stdio: 'ignore' });
  const failed: (number | string)[] = [];
  const exits: (number | null)[] = [];
  let answered = 0;
  let going = true;
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (going) {
      const result = await ask(agent, front as number);
      if (result === 200) answered++;
      else failed.push(result);
    }
    agent.destroy();
  };
  try {
    await untilUp(front as number);
    await sleep(500);
    const clients = Array.from({ length: 20 }, client);
    for (let turn = 0; turn < times; turn++) {
      const which = turn % 2;
      instances[which]?.process.kill('SIGTERM');
      exits.push((await instances[which]?.ended) ?? null);
      instances[which] = await start(ports[which] as number);
      // Until HAProxy has seen it.
      await sleep(1000);
    }
    going = false;
    await Promise.all(clients);
    return { answered, failed, exits };
  } finally {
    going = false;
    haproxy.kill('SIGKILL');
    for (const { process: child } of instances) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function configOf(front: number, ports: readonly number[]): string {
  return `defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 2s
  retries 3
  option redispatch
frontend front
  bind 127.0.0.1:${front}
  default_backend instances
backend instances
  option httpchk
  http-check send meth GET uri /health/ready ver HTTP/1.1 hdr Host localhost
  default-server check inter 100ms fall 2 rise 1
${ports.map((port, index) => `  server s${index} 127.0.0.1:${port}`).join('\n')}
`;
}

function ask(agent: Agent, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve(error.code ?? 'broken');
    request({ agent, port, host: '127.0.0.1', headers: { host: 'localhost' } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', fail);
    })
      .on('error', fail)
      .end();
  });
}

async function untilUp(port: number): Promise<void> {
  const agent = new Agent();
  for (let attempt = 0; attempt < 100 && (await ask(agent, port)) !== 200; attempt++) await sleep(50);
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
