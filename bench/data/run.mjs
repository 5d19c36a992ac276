// One interleaved run: every contender does every work in each round. README.md says what and how.
// node run.mjs [--rounds 5] [--seconds 1] [--databases postgres,mysql,sqlite] [--work findById,…] [--contenders raw,plinth,…] [--callers 10]
//   [--connections 10] (of each pool) [--plinth file] (another build's index.js of @plinth/data)
//   [--profile folder] (a CPU profile of each measurement, which slows it)
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { startContender } from './contender-process.mjs';
import { createDatabase } from './databases.mjs';
import { printDatabase, printGoals } from './report.mjs';
import { ALL_WORKS, BEYOND, GROWING, WORKS } from './works.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    databases: { type: 'string', default: 'postgres,mysql,sqlite' },
    work: { type: 'string', default: Object.keys(ALL_WORKS).join(',') },
    contenders: { type: 'string', default: 'raw,plinth,knex,kysely,drizzle-prepared,drizzle,typeorm,mikroorm' },
    callers: { type: 'string', default: '10' },
    connections: { type: 'string', default: '10' },
    plinth: { type: 'string' },
    profile: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const contenders = values.contenders.split(',');
const wanted = namesOf('work', Object.keys(ALL_WORKS));
const databases = namesOf('databases', ['postgres', 'mysql', 'sqlite']);
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

/** The names that an option lists, all of them known. */
function namesOf(option, known) {
  const names = values[option].split(',');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--${option}: there is no ${unknown.join(', ')}, but ${known.join(', ')}`);
  return names;
}

const results = {};
const cannot = [];
const failed = [];
const loadBefore = loadavg()[0];
// A run that is broken off drops its databases too.
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (stopped = true));

/** How many callers ask at once. SQLite's driver is synchronous: a second caller would only wait. */
const callersOf = (database, work) => (work in BEYOND ? 64 : database === 'sqlite' ? 1 : Number(values.callers));

/** Whether a contender gives what the model says, and stores it. What differs is no contender for this work. */
async function takesPart(made, database, name, contender, work) {
  try {
    const { cannot: reason, stored } = await contender.ask({ ask: 'check', work });
    if (reason !== undefined) {
      cannot.push(`${name} on ${made.title}, ${ALL_WORKS[work].title}: ${reason}`);
      return false;
    }
    await checkStored(made, name, work, stored);
    return true;
  } catch (error) {
    failed.push(`${name} on ${made.title}, ${ALL_WORKS[work].title}: ${error.message}`);
    return false;
  }
}

async function checkStored(made, name, work, stored) {
  if (stored.length === 0) return;
  const { table } = ALL_WORKS[work].stored;
  // What came through the process's channel is JSON: so is what is compared.
  const asJson = (rows) =>
    JSON.parse(JSON.stringify(rows)).map((row) => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));
  const last = new Map(asJson(stored).map((row) => [row.id, row]));
  const found = asJson(await made.rows(`select * from ${table} where id in (${[...last.keys()].join(', ')}) order by id`, name));
  const expected = [...last.values()].sort((a, b) => a.id - b.id);
  if (!isDeepStrictEqual(found, expected))
    throw new Error(
      `${found.length} of ${expected.length} rows stored, or not as given: ${JSON.stringify(found[0])}, not ${JSON.stringify(expected[0])}`,
    );
}

const profileOf = (database, name, work) => values.profile && join(values.profile, `${database}-${name}-${work}.cpuprofile`);

async function measure(made, database, processes, work) {
  const taking = [];
  for (const [name, contender] of processes) {
    if (await takesPart(made, database, name, contender, work)) taking.push([name, contender]);
    if (work in GROWING) await made.empty(GROWING[work], name);
  }
  const lost = new Set();
  const measured = Object.fromEntries(taking.map(([name]) => [name, []]));
  const callers = callersOf(database, work);
  for (let round = -1; round < rounds; round++)
    for (const [name, contender] of round % 2 === 0 ? taking : taking.toReversed()) {
      if (stopped || lost.has(name)) continue;
      try {
        // The round before the first is for the compilers.
        if (round === -1) await contender.ask({ ask: 'measure', work, seconds: Math.max(1, seconds), callers });
        else measured[name].push(await contender.ask({ ask: 'measure', work, seconds, callers, profile: profileOf(database, name, work) }));
      } catch (error) {
        lost.add(name);
        delete measured[name];
        failed.push(`${name} on ${made.title}, ${ALL_WORKS[work].title}: ${error.message}`);
      }
      if (work in GROWING) await made.empty(GROWING[work], name);
    }
  return measured;
}

async function measureDatabase(database) {
  const made = await createDatabase(database);
  const processes = new Map();
  try {
    for (const name of contenders) {
      try {
        processes.set(
          name,
          await startContender({ name, database, url: made.urlFor(name), connections: values.connections, plinth: values.plinth }),
        );
      } catch (error) {
        failed.push(`${name} on ${made.title}: ${error.message}`);
      }
    }
    results[database] = {};
    for (const works of database === 'postgres' ? [WORKS, BEYOND] : [WORKS]) {
      const chosen = Object.keys(works).filter((work) => wanted.includes(work));
      if (chosen.length === 0) continue;
      const measured = {};
      for (const work of chosen) {
        if (stopped) return;
        console.error(`${made.title}: ${ALL_WORKS[work].title}`);
        measured[work] = await measure(made, database, processes, work);
      }
      if (stopped) return;
      Object.assign(results[database], measured);
      printDatabase(made, contenders, measured, callersOf(database, chosen[0]));
    }
  } finally {
    await Promise.all([...processes.values()].map((contender) => contender.stop()));
    await made.drop();
  }
}

for (const database of databases) if (!stopped) await measureDatabase(database);
if (!stopped) printGoals(results);
for (const line of cannot) console.log(`left out: ${line}`);
for (const line of failed) console.log(`FAILED: ${line}`);
console.log(
  `\nNode ${process.version}; ${rounds} rounds of ${seconds} s; load average ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after (the run itself makes about 1.5)`,
);
process.exitCode = failed.length > 0 || stopped ? 1 : 0;
