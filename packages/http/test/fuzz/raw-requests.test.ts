import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveTarget, type Target } from '../hostile/server.js';
import { openSockets } from '../support/open-sockets.js';
import { until } from '../support/serve.js';
import { attack } from './attack.js';

let server: Target;
beforeAll(async () => {
  server = await serveTarget();
});
afterAll(() => server.app.stop());

// What was found once, by the seed that found it.
const FOUND: readonly number[] = [7_097_541];

test('mutated requests get well-formed answers, one each, or none, and the server answers as before', { timeout: 60_000 }, async () => {
  const before = openSockets();
  for (const seed of FOUND) await attack(server, seed, 1);
  await attack(server, 1, 1500);
  await until(() => openSockets() <= before + 1);
  expect(server.reached).toBe(0);
});
