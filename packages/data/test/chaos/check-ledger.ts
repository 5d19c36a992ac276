import type { Database } from '@plinth/data';
import type { LoadReport } from './ledger-load.js';

/** What is wrong between what the callers were told and what the database holds; all zero when nothing is. */
export interface Damage {
  /** Writes that were acknowledged and are not there. */
  readonly lost: number;
  /** Pairs of which one row is there. */
  readonly torn: number;
  /** Writes that are there although the caller was told that they failed. */
  readonly ghosts: number;
  /** Callbacks that ran without BEGIN: seen by themselves, or by rows that are there although they were rolled back. */
  readonly withoutBegin: number;
  /** Transactions that stand open on the server while nobody does anything. */
  readonly dirty: number;
  /** Callers that were still waiting long after the database was back. */
  readonly unanswered: number;
}

export const unharmed: Damage = Object.freeze({ lost: 0, torn: 0, ghosts: 0, withoutBegin: 0, dirty: 0, unanswered: 0 });

/** Compares. Nothing may be running; `direct` leads to the server past whatever cuts connections. */
export async function checkLedger(direct: Database, report: LoadReport, unanswered: number): Promise<Damage> {
  const counted = await direct.sql<{ pair: number; n: number | string }>`select pair, count(*) as n from ledger group by pair`;
  const there = new Map(counted.map(({ pair, n }) => [Number(pair), Number(n)]));
  let [lost, torn, ghosts, withoutBegin] = [0, 0, 0, report.withoutBegin];
  for (const [pair, { kind, told }] of report.told) {
    if (kind === 'read') continue;
    const n = there.get(pair) ?? 0;
    const whole = kind === 'single' ? 1 : 2;
    if (n !== 0 && kind === 'undone') withoutBegin++;
    else if (n !== 0 && n !== whole) torn++;
    else if (told === 'acknowledged' && n === 0) lost++;
    else if (told === 'refused' && n !== 0) ghosts++;
  }
  return { lost, torn, ghosts, withoutBegin, dirty: await openTransactions(direct), unanswered };
}

/** How many transactions stand open. The server needs a moment to see that a client has gone. */
async function openTransactions(direct: Database): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const [row] =
      direct.dialect === 'postgres'
        ? await direct.sql<{ n: number | string }>`select count(*) as n from pg_stat_activity where state like 'idle in transaction%'`
        : await direct.sql<{
            n: number | string;
          }>`select count(*) as n from information_schema.innodb_trx where trx_mysql_thread_id <> connection_id()`;
    const n = Number(row!.n);
    if (n === 0 || attempt === 40) return n;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
