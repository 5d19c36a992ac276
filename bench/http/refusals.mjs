// What refusing costs: CPU time of the server per request that it refuses for want of room, beside that of the smallest it answers, in
// interleaved rounds. CPU time says the same on a busy machine. node refusals.mjs [--rounds 7] [--seconds 1]
import { execFile, fork } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '1' } } });
const run = promisify(execFile);
const pinned = process.platform === 'linux';

function start(workload) {
  const child = fork(new URL('./server.mjs', import.meta.url), ['plinth:shipped', workload], {
    execPath: pinned ? 'taskset' : process.execPath,
    execArgv: pinned ? ['-c', '0', process.execPath] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const next = () => new Promise((resolve) => child.once('message', resolve));
  const cpu = () => {
    const answer = next();
    child.send('cpu');
    return answer.then((told) => told.cpu);
  };
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the server for ${workload} ended with ${code}`)));
    void next().then(({ port }) => resolve({ port, cpu, stop: () => child.disconnect() }));
  });
}

/** Microseconds of the server's CPU for one answer, and whether the answers were refusals. */
async function measure({ port, cpu }) {
  const before = await cpu();
  const args = ['-t1', '-c32', `-d${values.seconds}s`, `http://127.0.0.1:${port}/plaintext`];
  const { stdout } = await run(pinned ? 'taskset' : 'wrk', pinned ? ['-c', '1', 'wrk', ...args] : args);
  const answered = Number(/(\d+) requests in/.exec(stdout)[1]);
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  return { each: (((await cpu()) - before) / answered) * 1e6, refused: refused / answered };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const servers = { answered: await start('plaintext'), refused: await start('refusals') };
// Never answered, it takes the only place there is.
fetch(`http://127.0.0.1:${servers.refused.port}/hang`).catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 200));
const rounds = { answered: [], refused: [] };
for (const name of Object.keys(servers)) await measure(servers[name]);
for (let round = 0; round < Number(values.rounds); round++)
  for (const [name, server] of Object.entries(servers)) {
    const { each, refused } = await measure(server);
    if (name === 'refused' ? refused < 1 : refused > 0.01) throw new Error(`${name}: ${Math.round(refused * 100)} % were refusals`);
    rounds[name].push(each);
  }
const [answered, refused] = [median(rounds.answered), median(rounds.refused)];
console.log(
  `CPU of the server: ${answered.toFixed(1)} µs for an answer to /plaintext as shipped, ${refused.toFixed(1)} µs for a refusal (${(refused / answered).toFixed(2)})`,
);
process.exit(0);
