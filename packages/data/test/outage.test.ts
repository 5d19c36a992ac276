import { connect, createServer, type Socket } from 'node:net';
import { type Database, openDatabase } from '@plinth/data';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** A way to a server that can turn into one on which everything is lost, also what begins meanwhile. */
async function losable(target: string): Promise<{ readonly url: string; lose(lost: boolean): void; close(): void }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let lost = false;
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) || (target.startsWith('postgres') ? 5432 : 3306) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => void (lost || to.write(data))).on('error', () => undefined);
      from.on('close', () => (sockets.delete(from), to.destroy()));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  [url.hostname, url.port] = ['127.0.0.1', String((server.address() as { port: number }).port)];
  return {
    url: url.href,
    lose: (value) => (lost = value),
    close: () => (sockets.forEach((socket) => socket.destroy()), server.close()),
  };
}

await describeDialect(
  'an outage',
  { describe, test, beforeAll, afterAll },
  (suite) => {
    const read = (db: Database) => db.sql<{ n: number }>(Object.assign(['select ', ' + 1 as n'], { raw: [] }) as TemplateStringsArray, 1);

    test('every caller is answered within 3 s, reads, statements and transactions alike, and work goes on as soon as the server is back', async () => {
      const way = await losable(suite.database.url);
      const db = openDatabase({ url: way.url, pool: { max: 4 }, connectTimeout: 8_000 });
      await Promise.all(Array.from({ length: 12 }, () => read(db)));
      way.lose(true);
      const longest = { time: 0 };
      const answered = async (work: () => Promise<unknown>) => {
        const started = performance.now();
        const outcome = await work().then(
          () => 'done',
          (error: { kind: string }) => error.kind,
        );
        longest.time = Math.max(longest.time, performance.now() - started);
        return outcome;
      };
      const outcomes: Promise<string>[] = [];
      for (let round = 0; round < 12; round++) {
        outcomes.push(
          answered(() => read(db)),
          answered(async () => db.knex.raw('select 1')),
          answered(() => db.transaction(() => read(db))),
        );
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['unavailable']));
      // The rule is 3 seconds; the rest is for a machine that is busy.
      expect(longest.time).toBeLessThan(4_000);
      // Attempts to connect that were lost are still waited for; none of them may hold up the first who comes afterwards.
      const lost = Array.from({ length: 8 }, () => answered(() => read(db)));
      await new Promise((resolve) => setTimeout(resolve, 500));
      way.lose(false);
      const back = performance.now();
      expect(Number((await read(db))[0]!.n)).toBe(2);
      expect(performance.now() - back).toBeLessThan(1_000);
      await Promise.all(lost);
      await db.close();
      way.close();
    }, 30_000);
  },
  ['postgres', 'mysql'],
);
