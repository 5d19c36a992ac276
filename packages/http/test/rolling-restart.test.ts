import { expect, test } from 'vitest';
import { hasHaproxy, restartInTurn } from './support/rolling-restarts.js';

test.runIf(hasHaproxy())(
  'two restarts of two instances behind HAProxy under load fail no request [LC-08]',
  async () => {
    const { answered, failed, exits } = await restartInTurn(2);
    expect(failed).toEqual([]);
    expect(exits).toEqual(Array.from({ length: 2 }, () => 0));
    expect(answered).toBeGreaterThan(1000);
  },
  60_000,
);
