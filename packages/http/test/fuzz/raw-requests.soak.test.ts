import { expect, test } from 'vitest';
import { serveTarget } from '../hostile/server.js';
import { attack } from './attack.js';

const MINUTES = 5;

test(
  'mutated requests for minutes: well-formed answers, one each, or none; memory stays',
  { timeout: (MINUTES + 2) * 60_000 },
  async () => {
    await using server = await serveTarget();
    const end = performance.now() + MINUTES * 60_000;
    let seed = Date.now() & 0xffffff;
    await attack(server, seed, 20_000);
    const before = process.memoryUsage().heapUsed;
    while (performance.now() < end) {
      server.logs.length = 0;
      await attack(server, (seed += 20_000), 20_000);
    }
    server.logs.length = 0;
    globalThis.gc?.();
    expect(process.memoryUsage().heapUsed).toBeLessThan(before + 50 * 1024 * 1024);
  },
);
