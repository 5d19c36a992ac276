import { describe, expect, test } from 'vitest';
import { isInstalled } from '../support/own-server.js';
import { unharmed } from './check-ledger.js';
import { runChaos } from './run-chaos.js';

// In CI a missing server is a failure, not a reason to skip.
const required = !['', '0', 'false'].includes(process.env['CI'] ?? '') || process.env['PLINTH_REQUIRE_SERVERS'] === '1';

/** The limit for every answer, in milliseconds. */
const answered = 3_000;

/** Freezes, kills and cuts PostgreSQL and MariaDB, both at a time, for `seconds` under load. */
export function describeChaos(seconds: number): void {
  describe.concurrent.each(['postgres', 'mysql'] as const)('chaos on %s', (dialect) => {
    test.skipIf(!required && !isInstalled(dialect))(
      'freezing, killing and cutting the database under load: nothing acknowledged is lost, nothing is torn, nothing stays open, every call is answered within 3 s',
      async () => {
        const { damage, report, stalled, summary } = await runChaos(dialect, seconds);
        process.stdout.write(summary);
        expect(damage).toEqual(unharmed);
        expect([...report.untyped]).toEqual([]);
        expect(report.slowest.ms, report.slowest.what).toBeLessThan(answered + stalled);
      },
      (seconds + 120) * 1_000,
    );
  });
}
