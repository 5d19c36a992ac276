// Interleaved rounds: each contender runs once in every round, so that a noisy machine is noisy for all of them.

const ROUNDS = 15;
const MILLISECONDS = 40;

/** The median nanoseconds of a call of each contender, by name. */
export function measure(contenders) {
  const names = Object.keys(contenders);
  const times = new Map(names.map((name) => [name, []]));
  for (const name of names) run(contenders[name], 20_000); // compiled before it counts
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const calls = Math.ceil((MILLISECONDS * 1e6) / Math.max(run(contenders[name], 1_000), 1));
      times.get(name).push(run(contenders[name], calls));
    }
  }
  return new Map(names.map((name) => [name, median(times.get(name))]));
}

/** Prints each contender's time and its ratio to the first. */
export function report(title, results) {
  const [base] = results.values();
  console.log(title);
  for (const [name, time] of results) console.log(`  ${name.padEnd(44)} ${time.toFixed(0).padStart(7)} ns  ${(time / base).toFixed(2)}`);
}

let sink = 0;

function run(call, calls) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < calls; index++) if (call(index & 15) !== undefined) sink++;
  return Number(process.hrtime.bigint() - start) / calls;
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
