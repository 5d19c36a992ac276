// Boots the same graph with Plinth and with NestJS, each time in a fresh process on one core, by turns; prints the medians. Measured is,
// on both sides, from the call that makes the application to the built one: importing the framework and declaring the classes is not.
// The goal is judged by processor time, which other work on the machine disturbs less than the wall clock.
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { moduleCount, providersPerModule } from './graph.mjs';

const runs = Number(process.env['BENCH_RUNS'] ?? 15);
const goal = 20;
const sides = { Plinth: 'plinth.mjs', NestJS: 'nest.mjs' };
const times = { Plinth: [], NestJS: [] };

for (let run = 0; run < runs; run++) for (const side of Object.keys(sides)) times[side].push(measure(sides[side]));

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const results = Object.fromEntries(Object.keys(sides).map((side) => [side, readResult(times[side])]));
console.log(
  `Boot of ${moduleCount} modules with ${moduleCount * providersPerModule} providers; median of ${runs} processes, Node ${process.version}, ${cpus()[0]?.model}, load ${round(loadavg()[0])}`,
);
console.table(results);
console.log(
  `NestJS takes ${round(results.NestJS['median processor ms'] / results.Plinth['median processor ms'])} times the processor time.`,
);
console.log(results.Plinth['median processor ms'] < goal ? `Under the goal of ${goal} ms.` : `Over the goal of ${goal} ms.`);

function measure(file) {
  const command = [process.execPath, path.join(import.meta.dirname, file)];
  // One core, also for the compiler and the garbage collector, where the system can say so.
  const [program, ...args] = process.platform === 'linux' ? ['taskset', '-c', '0', ...command] : command;
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } }));
}

function readResult(runs) {
  const [ms, cpu] = [runs.map((run) => run.ms), runs.map((run) => run.cpu)];
  return {
    'median processor ms': round(median(cpu)),
    'best processor ms': round(Math.min(...cpu)),
    'median ms': round(median(ms)),
    'best ms': round(Math.min(...ms)),
  };
}

function round(value) {
  return Math.round(value * 10) / 10;
}
