import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { get, media, post } from '@plinth/http';
import { serve, type TestServer } from './support/serve.js';

interface Outcome {
  /** The status, or the code of what went wrong. */
  readonly result: number | string;
  /** Whether the server has read anything of the request. */
  readonly read: boolean;
}

/** Sends one request; `seen` holds the paths whose handler ran. */
function send(agent: Agent, port: number, id: number, seen: ReadonlySet<string>): Promise<Outcome> {
  return new Promise((resolve) => {
    const path = `/x/${id}`;
    const settle = (result: number | string) => resolve({ result, read: seen.has(String(id)) });
    const fail = (error: NodeJS.ErrnoException) => settle(error.code ?? 'broken');
    const sent = request({ agent, port, host: '127.0.0.1', path }, (response) => {
      response.resume();
      response.on('end', () => settle(response.statusCode ?? 0));
      response.on('error', fail);
    });
    sent.on('error', fail);
    sent.end();
  });
}

describe('a SIGTERM under the load of forty keep-alive clients', () => {
  /** Clients that send until `stopped` says so. */
  async function run(stopped: (outcome: Outcome, red: boolean) => boolean): Promise<{ outcomes: Outcome[]; server: TestServer }> {
    const seen = new Set<string>();
    const route = get('/x/:id', { open: true }, async ({ params }) => {
      seen.add(params.id);
      await sleep(5);
      return 'x';
    });
    const server = await serve({ routes: [route], env: { HTTP_GRACE: '1s' }, http: { requestLog: false } });
    const outcomes: Outcome[] = [];
    let red = false;
    let ids = 0;
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (;;) {
        const outcome = await send(agent, server.port, ids++, seen);
        outcomes.push(outcome);
        if (stopped(outcome, red)) return agent.destroy();
      }
    };
    const clients = Array.from({ length: 40 }, client);
    while (outcomes.filter(({ result }) => result === 200).length < 80) await sleep(20);
    const stop = server.app.stop('SIGTERM');
    // A load balancer: it looks while the port is open, and sends nobody once readiness is red.
    red = (await fetch(`${server.url}/health/ready`)).status === 503;
    await Promise.all([...clients, stop]);
    return { outcomes, server };
  }

  test('loses no request when a load balancer honours the readiness [LC-08]', async () => {
    const { outcomes } = await run((_outcome, red) => red);
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set([200]));
  });

  test('answers every request that it has read, also of clients that never stop coming [LC-08]', async () => {
    const { outcomes } = await run(({ result }) => result !== 200);
    expect(outcomes.filter(({ result, read }) => read && result !== 200)).toEqual([]);
    // The rest is refused without having been handled; the kernel may reset what it had not handed over when the port was closed.
    for (const { result } of outcomes) expect([200, 'ECONNREFUSED', 'ECONNRESET']).toContain(result);
    expect(outcomes.filter(({ result }) => result === 200).length).toBeGreaterThanOrEqual(80);
  });
});

describe('after the port is closed', () => {
  test('a request that had begun to arrive may go on, and is answered', async () => {
    await using server = await serve({ routes: [post('/', { open: true, body: {} }, () => 'done')] });
    let received = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-'));
    socket.on('data', (chunk) => (received += chunk.toString()));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    await sleep(50);
    const stopped = server.app.stop();
    await sleep(1300);
    socket.write('Type: application/json\r\nContent-Length: 2\r\n\r\n');
    await sleep(100);
    socket.write('{}');
    await Promise.all([stopped, ended]);
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*\r\nConnection: close\r\n[^]*done$/);
  });

  test('an answer is written to its end for a client that reads slowly', async () => {
    const size = 32 * 1024 * 1024;
    await using server = await serve({
      routes: [get('/', { open: true, returns: { 200: media('application/octet-stream') } }, () => Buffer.alloc(size))],
    });
    let received = 0;
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    const ended = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      received += chunk.length;
      socket.pause();
      socket.on('data', (next) => (received += next.length));
      socket.pause();
      setTimeout(() => socket.resume(), 1500);
    });
    await sleep(100);
    await Promise.all([server.app.stop(), ended]);
    expect(received).toBeGreaterThan(size);
  });
});
