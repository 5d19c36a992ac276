import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDatabase } from '@plinth/data';
import { startCuttingProxy } from '../support/cutting-proxy.js';
import { type OwnServer, startServer } from '../support/own-server.js';
import { type Act, acts } from './acts.js';
import { checkLedger, type Damage, unharmed } from './check-ledger.js';
import { createLedger, LedgerLoad, type LoadReport } from './ledger-load.js';

/** The end of a run. */
export interface ChaosResult {
  readonly damage: Damage;
  readonly report: LoadReport;
  /** Milliseconds from the return of the database to the first write that was acknowledged, for each act. */
  readonly recoveries: readonly { readonly act: string; readonly ms: number }[];
  /** The longest time that this process itself stood still, in milliseconds: it is part of what the callers waited. */
  readonly stalled: number;
  /** One line for people. */
  readonly summary: string;
}

// Much more than anything may take: who waits longer counts as never answered.
const patience = 10_000;

/** Harms a server of its own for `seconds`, every act at least once, while callers write to it. */
export async function runChaos(dialect: OwnServer['dialect'], seconds: number): Promise<ChaosResult> {
  const server = await startServer(dialect);
  const proxy = await startCuttingProxy(server.url);
  const direct = () => openDatabase({ url: server.url, pool: { max: 1 } });
  const db = openDatabase({ url: proxy.url, pool: { max: 8 } });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  try {
    await db.knex.raw(createLedger);
    delay.enable();
    const load = new LedgerLoad(db, 16);
    await load.acknowledged(patience);
    const recoveries: { act: string; ms: number }[] = [];
    const end = performance.now() + seconds * 1_000;
    let damage = unharmed;
    for (const act of rounds(() => performance.now() < end)) {
      await act.run({ server, proxy, direct });
      recoveries.push({ act: act.name, ms: await load.acknowledged(patience) });
      const { unanswered, resume } = await load.calm(patience);
      const checker = direct();
      damage = await checkLedger(checker, load.report, unanswered);
      await checker.close();
      resume();
      if (Object.values(damage).some((n) => n > 0)) break;
      await load.acknowledged(patience);
    }
    await load.stop(patience);
    delay.disable();
    const stalled = Math.round(delay.max / 1e6);
    return { damage, report: load.report, recoveries, stalled, summary: summarize(server.title, load.report, recoveries, stalled) };
  } finally {
    await db.close(500);
    await proxy.close();
    await server.stop();
  }
}

/** Every act once in random order, and again while there is time. */
function* rounds(more: () => boolean): Generator<Act, void, undefined> {
  do {
    const shuffled = acts.map((act) => ({ act, place: Math.random() })).sort((a, b) => a.place - b.place);
    for (const { act } of shuffled) yield act;
  } while (more());
}

function summarize(
  title: string,
  { told, slowest, codes }: LoadReport,
  recoveries: readonly { act: string; ms: number }[],
  stalled: number,
): string {
  const count = (what: string): number => [...told.values()].filter((entry) => entry.told === what).length;
  const slow = acts.map(({ name }) => `${name} ${span(recoveries.filter(({ act }) => act === name).map(({ ms }) => ms))}`).join(', ');
  const seen = [...codes].map(([code, n]) => `${code} ${n}`).join(', ');
  return (
    `${title}: ${recoveries.length} acts, ${count('acknowledged')} acknowledged, ${count('refused')} refused, ${count('unknown')} unknown; ` +
    `slowest answer ${Math.round(slowest.ms)} ms (${slowest.what}), process stalled ${stalled} ms at most\n` +
    `  recovery in ms: ${slow}\n  ${seen}\n`
  );
}

/** Median and longest. */
function span(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.length === 0 ? 'not done' : `${sorted[(sorted.length - 1) >> 1]} (${sorted.at(-1)} at most)`;
}
