// One interleaved run: every contender answers every workload in each round; figures are medians of requests per second of server CPU.
// node run.mjs [--rounds 5] [--seconds 3] [--only plaintext,orders] [--contenders bare,fastify,plinth]
import { execFile, fork } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { WORKLOADS } from './workloads.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    contenders: { type: 'string', default: 'bare,fastify,hono,h3,nest,nest-express,adonis,express,plinth,plinth:shipped' },
  },
});
const contenders = values.contenders.split(',');
const workloads = Object.entries(WORKLOADS).filter(([name]) => values.only === undefined || values.only.split(',').includes(name));
const run = promisify(execFile);
const scripts = mkdtempSync(join(tmpdir(), 'plinth-bench-'));
const pinned = process.platform === 'linux';

function startServer(contender, workload) {
  const execPath = pinned ? 'taskset' : process.execPath;
  const execArgv = pinned ? ['-c', '0', process.execPath] : [];
  const child = fork(new URL('./server.mjs', import.meta.url), [contender, workload], {
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ask = () =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send('cpu');
    });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${contender} ended with ${code}`)));
    child.once('message', ({ port }) => resolve({ port, cpu: async () => (await ask()).cpu, stop: () => child.disconnect() }));
  });
}

async function load(port, name, { path, body, headers = {} }, seconds) {
  const script = join(scripts, `${name}.lua`);
  const sent = body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' };
  const lines = Object.entries(sent).map(([header, value]) => `wrk.headers["${header}"] = "${value}"\n`);
  writeFileSync(script, `${body === undefined ? '' : `wrk.method = "POST"\nwrk.body = [==[${body}]==]\n`}${lines.join('')}`);
  const args = ['-t1', '-c32', `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}${path}`];
  const { stdout } = await run(pinned ? 'taskset' : 'wrk', pinned ? ['-c', '1', 'wrk', ...args] : args);
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  // Refused requests are no throughput; a server that sheds load refuses some when the machine is busy with other things.
  const refused = failed === null ? 0 : Number(failed[1]);
  if (refused > 0) console.error(`${refused} answers of ${name} at port ${port} were not 2xx`);
  return Number(/(\d+) requests in/.exec(stdout)[1]) - refused;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const results = {};
const loadBefore = loadavg()[0];
for (const [name, workload] of workloads) {
  const servers = {};
  for (const contender of contenders) servers[contender] = await startServer(contender, name);
  for (const contender of contenders) await load(servers[contender].port, name, workload, 2);
  results[name] = Object.fromEntries(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < Number(values.rounds); round++)
    for (const contender of contenders) {
      const { port, cpu } = servers[contender];
      const before = await cpu();
      const requests = await load(port, name, workload, Number(values.seconds));
      results[name][contender].push(requests / ((await cpu()) - before));
    }
  for (const server of Object.values(servers)) server.stop();
}

for (const base of ['bare', 'fastify', 'plinth'].filter((name) => contenders.includes(name))) {
  console.log(`\nThroughput per server CPU second, relative to ${base} in the same round (medians)`);
  console.log(['workload'.padEnd(12), ...contenders.map((name) => name.padStart(15))].join(''));
  for (const [name, rates] of Object.entries(results)) {
    const cells = contenders.map((contender) =>
      median(rates[contender].map((rate, round) => rate / rates[base][round]))
        .toFixed(2)
        .padStart(15),
    );
    console.log([name.padEnd(12), ...cells].join(''));
  }
}
console.log('\nRequests per server CPU second (medians)');
for (const [name, rates] of Object.entries(results))
  console.log([name.padEnd(12), ...contenders.map((contender) => Math.round(median(rates[contender])).toString().padStart(15))].join(''));
console.log(
  `\nNode ${process.version}; load average ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after (the run itself makes about 1.5)`,
);
process.exit(0);
