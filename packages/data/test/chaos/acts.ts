import type { Database } from '@plinth/data';
import type { CuttingProxy } from '../support/cutting-proxy.js';
import type { OwnServer } from '../support/own-server.js';

/** What the acts are done to. */
export interface Stage {
  readonly server: OwnServer;
  readonly proxy: CuttingProxy;
  /** Opens a database straight to the server. */
  readonly direct: () => Database;
}

/** One harm. Resolves at the moment when the database is there again. */
export interface Act {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const between = (from: number, to: number): number => from + Math.random() * (to - from);

/** Every way in which a database goes away. */
export const acts: readonly Act[] = [
  {
    name: 'freeze',
    async run({ server }) {
      server.freeze();
      await pause(between(1_500, 4_000));
      server.thaw();
    },
  },
  {
    name: 'kill',
    async run({ server }) {
      await server.kill();
      await pause(between(0, 500));
      await server.restart();
    },
  },
  {
    name: 'reset connections',
    async run({ proxy }) {
      for (let time = 0; time < 5; time++) {
        proxy.reset();
        await pause(between(20, 150));
      }
    },
  },
  {
    name: 'black hole',
    async run({ proxy }) {
      proxy.blackHole('both');
      await pause(between(2_500, 4_000));
      proxy.heal();
    },
  },
  {
    name: 'lost answers',
    async run({ proxy }) {
      proxy.blackHole('answers');
      await pause(between(1_000, 3_000));
      proxy.heal();
    },
  },
  {
    name: 'half-open connections',
    async run({ proxy }) {
      proxy.halfOpen();
      await pause(10);
    },
  },
  {
    name: 'refused connections',
    async run({ proxy }) {
      await proxy.refuse();
      await pause(between(300, 1_500));
      await proxy.listen();
    },
  },
  {
    name: 'terminated sessions',
    async run({ server, direct }) {
      const db = direct();
      for (let time = 0; time < 5; time++) {
        if (server.dialect === 'postgres')
          await db.sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`;
        else {
          const sessions = await db.sql<{
            id: number;
          }>`select id from information_schema.processlist where id <> connection_id() and user = 'root'`;
          // One that has ended meanwhile cannot be killed.
          for (const { id } of sessions) await db.knex.raw(`kill ${Number(id)}`).catch(() => undefined);
        }
        await pause(between(20, 150));
      }
      await db.close();
    },
  },
];
