import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { get } from '@plinth/http';
import { serve } from './support/serve.js';

/** Sends one request; gives its status, or the code of what went wrong. */
function send(agent: Agent, port: number): Promise<number | string> {
  return new Promise((resolve) => {
    const sent = request({ agent, port, host: '127.0.0.1', path: '/' }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'broken'));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'broken'));
    sent.end();
  });
}

test('a SIGTERM under the load of forty keep-alive clients loses no request [LC-08]', async () => {
  const server = await serve({ routes: [get('/', { open: true }, async () => { await sleep(5); return 'x'; })], env: { HTTP_GRACE: '400ms' }, http: { requestLog: false } });
  const outcomes = new Map<number | string, number>();
  let red = false;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!red) {
      const outcome = await send(agent, server.port);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 40 }, client);
  // A load balancer: it looks every 100 ms, and sends nobody once readiness is red.
  const balancer = async () => {
    while (!red) {
      await sleep(100);
      red = (await fetch(`${server.url}/health/ready`)).status === 503;
    }
  };
  const watching = balancer();
  await sleep(200);
  const started = performance.now();
  await server.app.stop('SIGTERM');
  await Promise.all([...clients, watching]);
  expect([...outcomes.keys()]).toEqual([200]);
  expect(outcomes.get(200)).toBeGreaterThan(100);
  expect(performance.now() - started).toBeLessThan(3000);
});
