// One contender in a process of its own: opens it, checks what it gives, and measures it when asked.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { ALL_WORKS } from './works.mjs';

const [name, database, url, connections] = process.argv.slice(2);

/** What is told of an error: its beginning and its end, because between them some peers repeat the whole statement. */
function told(error) {
  const text = error instanceof Error ? `${error.code ?? error.name}: ${error.message}` : String(error);
  return { error: text.length > 900 ? `${text.slice(0, 600)} … ${text.slice(-300)}` : text };
}

async function openContender() {
  try {
    const { open } = await import(`./contenders/${name}.mjs`);
    return await open({ database, url, connections: Number(connections) });
  } catch (error) {
    process.send(told(error));
    process.disconnect();
    return process.exit(1);
  }
}

const contender = await openContender();

let seed = 42;
const random = (below) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 4_294_967_296) * below);
};
let counted = 1;
const next = () => counted++;

/** Compares three answers with the model. Gives what the run itself must find stored. */
async function check(work) {
  const stored = [];
  for (let time = 0; time < 3; time++) {
    const input = work.arguments(random, next());
    const result = plain(
      contender.plain === undefined ? await work.call(contender, input) : contender.plain(await work.call(contender, input)),
    );
    const expected = work.expected && plain(work.expected(input, result));
    if (expected !== undefined && !isDeepStrictEqual(result, expected))
      throw new Error(
        `answered ${inspect(result, { depth: 3, maxArrayLength: 2 })} instead of ${inspect(expected, { depth: 3, maxArrayLength: 2 })}`,
      );
    if (work.stored !== undefined) stored.push(...work.stored.rows(input, result));
  }
  return { stored };
}

/** Plain objects only, related rows by their key: their order was not asked for. */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, key === 'tags' || key === 'comments' ? byId(plain(each)) : plain(each)]);
  return Object.fromEntries(entries);
}

const byId = (rows) => (Array.isArray(rows) ? rows.sort((a, b) => a.id - b.id) : rows);

// Requests come each in a turn of its own. Without it, callers whose answers came together would ask together ever after, and a library
// that does something once per turn, as batching or writing, would do it for all of them.
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function measure(work, seconds, callers) {
  globalThis.gc?.();
  let operations = 0;
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  const before = process.cpuUsage();
  const caller = async () => {
    while (performance.now() < end) {
      if (callers > 1) await turn();
      await work.call(contender, work.arguments(random, next()));
      operations++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const { user, system } = process.cpuUsage(before);
  const elapsed = (performance.now() - begun) / 1_000;
  return { operations, cpu: (user + system) / operations, rate: operations / elapsed };
}

/** Runs `fn`; with a file's name, writes there what the processor did meanwhile. */
async function profiled(file, fn) {
  if (file === undefined) return fn();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  const result = await fn();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  writeFileSync(file, JSON.stringify(profile));
  return result;
}

const answer = {
  check: ({ work }) => {
    const reason = contender.cannot?.[work];
    return reason === undefined ? check(ALL_WORKS[work]) : { cannot: reason };
  },
  measure: ({ work, seconds, callers, profile }) => profiled(profile, () => measure(ALL_WORKS[work], seconds, callers)),
  async close() {
    await contender.close();
    return {};
  },
};

process.on('message', async (message) => {
  try {
    process.send({ result: await answer[message.ask](message) });
  } catch (error) {
    process.send(told(error));
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ result: { ready: true } });
