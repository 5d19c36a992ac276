import { expect, test } from 'vitest';
import { hasHaproxy, restartInTurn } from './support/rolling-restarts.js';

test.runIf(hasHaproxy())(
  'twenty restarts of two instances behind HAProxy under load fail no request [LC-08]',
  async () => {
    const { answered, failed, exits } = await restartInTurn(20);
    expect(failed).toEqual([]);
    expect(exits).toEqual(Array.from({ length: 20 }, () => 0));
    expect(answered).toBeGreaterThan(1000);
  },
  300_000,
);
