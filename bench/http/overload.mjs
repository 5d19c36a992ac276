// What is left of a server's work when three times as many requests arrive as it can answer. The load is open: requests are sent on
// time whether earlier ones were answered or not. node overload.mjs [--seconds 10] [--factor 3] [--contenders plinth,fastify]
import { fork } from 'node:child_process';
import http from 'node:http';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    factor: { type: 'string', default: '3' },
    contenders: { type: 'string', default: 'plinth:shipped,fastify,bare' },
  },
});
const seconds = Number(values.seconds);
const pinned = process.platform === 'linux';

function start(contender) {
  const child = fork(new URL('./server.mjs', import.meta.url), [contender, 'work'], {
    execPath: pinned ? 'taskset' : process.execPath,
    execArgv: pinned ? ['-c', '0', process.execPath] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${contender} ended with ${code}`)));
    child.once('message', ({ port }) => resolve({ port, stop: () => child.disconnect() }));
  });
}

function ask(port, agent) {
  const begun = performance.now();
  return new Promise((resolve) => {
    const request = http.get({ port, host: '127.0.0.1', path: '/work', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - begun }));
      response.on('error', () => resolve({ status: 0, ms: performance.now() - begun }));
    });
    request.on('error', () => resolve({ status: 0, ms: performance.now() - begun }));
  });
}

/** As many requests as are answered, from 32 clients that wait for each answer. */
async function peak(port) {
  const agent = new http.Agent({ keepAlive: true });
  const until = performance.now() + 5000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      while (performance.now() < until) if ((await ask(port, agent)).status === 200) answered++;
    }),
  );
  agent.destroy();
  return answered / 5;
}

async function flood(port, rate) {
  const agent = new http.Agent({ keepAlive: true });
  const answers = [];
  const begun = performance.now();
  let sent = 0;
  while (performance.now() - begun < seconds * 1000) {
    const due = Math.floor(((performance.now() - begun) / 1000) * rate);
    for (; sent < due; sent++) void ask(port, agent).then((answer) => answers.push(answer));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  // The goodput is what was answered while the load was on.
  const good = answers.filter(({ status }) => status === 200);
  const goodput = good.length / seconds;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const times = answers.filter(({ status }) => status === 200).map(({ ms }) => ms);
  times.sort((a, b) => a - b);
  agent.destroy();
  return {
    goodput,
    p50: times[Math.floor(times.length * 0.5)],
    p99: times[Math.floor(times.length * 0.99)],
    shed: answers.filter(({ status }) => status === 503).length,
    broken: answers.filter(({ status }) => status === 0).length,
    unanswered: sent - answers.length,
    sent,
  };
}

for (const contender of values.contenders.split(',')) {
  const { port, stop } = await start(contender);
  await peak(port);
  const best = await peak(port);
  const result = await flood(port, best * Number(values.factor));
  const { goodput, p50, p99, ...counts } = result;
  console.log(
    `${contender.padEnd(15)} peak ${Math.round(best)}/s; at ${values.factor} times that: goodput ${Math.round(goodput)}/s (${Math.round((goodput / best) * 100)} %), p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms of what was answered with 200;`,
    counts,
  );
  stop();
}
console.log(`Node ${process.version}; load average ${loadavg()[0].toFixed(1)}`);
process.exit(0);
