// What a guard with a session in memory costs: CPU time of the server for the same request without a guard and behind `session`, in one
// process and in interleaved rounds, as a ratio. node session-guard.mjs [--rounds 20] [--seconds 1] [--profile <folder>]
import { execFile, fork } from 'node:child_process';
import { loadavg } from 'node:os';
import { parseArgs, promisify } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '1' },
    profile: { type: 'string' },
  },
});
const GOAL = 0.05;
const run = promisify(execFile);
const pinned = process.platform === 'linux';
const server = new URL(process.env.SESSION_GUARD_SERVER ?? './session-guard-server.mjs', import.meta.url);

const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const child = fork(server, [], {
  execPath: pinned ? 'taskset' : process.execPath,
  execArgv: pinned ? ['-c', '0', process.execPath, ...profiling] : profiling,
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  env: { ...process.env, NODE_ENV: 'production' },
});
child.once('exit', (code) => {
  if (code !== 0) throw new Error(`the server ended with ${code}`);
});
const told = () => new Promise((resolve) => child.once('message', resolve));
const cpu = async () => {
  const answer = told();
  child.send('cpu');
  return (await answer).cpu;
};
const { port, cookie } = await told();

/** Microseconds of the server's CPU for one request. Both carry the cookie: what Node's parser does for it is the same. */
async function measure(path) {
  const before = await cpu();
  const args = ['-t1', '-c32', `-d${values.seconds}s`, '-H', `Cookie: ${cookie}`, `http://127.0.0.1:${port}${path}/42?verbose=true`];
  const { stdout } = await run(pinned ? 'taskset' : 'wrk', pinned ? ['-c', '1', 'wrk', ...args] : args);
  if (/Non-2xx/.test(stdout)) throw new Error(`${path}: ${stdout}`);
  return (((await cpu()) - before) / Number(/(\d+) requests in/.exec(stdout)[1])) * 1e6;
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, part) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * part))];

const loadBefore = loadavg()[0];
const paths = ['/a', '/b', '/c', '/d'];
for (let round = 0; round < 3; round++) for (const path of paths) await measure(path);
const costs = Object.fromEntries(paths.map((path) => [path, []]));
for (let round = 0; round < Number(values.rounds); round++)
  // Turned about, so that neither always has the other's garbage to collect.
  for (const path of round % 2 === 0 ? paths : [...paths].reverse()) costs[path].push(await measure(path));

const rows = [
  ['routes as they are by default', '/a', '/b'],
  ['context: false', '/c', '/d'],
];
for (const [name, open, held] of rows) {
  const ratios = costs[held].map((cost, round) => cost / costs[open][round]);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => `${((at(ratios, part) - 1) * 100).toFixed(1)} %`);
  const verdict = at(ratios, 0.5) - 1 <= GOAL ? 'met' : 'missed';
  console.log(
    `${name}: ${at(costs[open], 0.5).toFixed(1)} µs open, ${at(costs[held], 0.5).toFixed(1)} µs behind session: ` +
      `${middle} more (half of the rounds between ${low} and ${high}); goal 5 %: ${verdict}`,
  );
}
console.log(
  `${values.rounds} rounds of ${values.seconds} s; Node ${process.version}; load average ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after`,
);
child.disconnect();
