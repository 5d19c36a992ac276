// What a flood of sign-ins costs everybody else: the time of a light request while nobody signs in and while many more do than the machine
// can hash, in turns. node flood.mjs [--rounds 6] [--seconds 5] [--rate 300] [--probes 50] [--concurrency default,1,2]
import { fork } from 'node:child_process';
import { Agent, get } from 'node:http';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string', default: '300' },
    probes: { type: 'string', default: '50' },
    concurrency: { type: 'string', default: 'default' },
  },
});
const [rounds, seconds, rate, probes] = ['rounds', 'seconds', 'rate', 'probes'].map((name) => Number(values[name]));
const serverFile = new URL(process.env.FLOOD_SERVER ?? './flood-server.mjs', import.meta.url);
const GOAL = { factor: 1.5, more: 20 };

const told = (child) => new Promise((resolve) => child.once('message', resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function start(file, args) {
  const child = fork(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } });
  child.once('exit', (code) => {
    if (code) throw new Error(`${file} ended with ${code}`);
  });
  return child;
}

/** Milliseconds of light requests, sent at a steady rate: each from when it was due, so that waiting to be sent counts. */
async function probe(port, agent) {
  const times = [];
  const failed = [];
  const begun = performance.now();
  const waiting = [];
  for (let index = 0; index < seconds * probes; index++) {
    const due = begun + (index * 1_000) / probes;
    const left = due - performance.now();
    if (left > 0) await pause(left);
    // The timer of this process may be late itself, which is no fault of the server.
    const sent = performance.now();
    waiting.push(
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port, path: '/light', agent }, (answer) => {
          answer.resume();
          answer.on('end', () => {
            (answer.statusCode === 200 ? times : failed).push(performance.now() - sent);
            resolve();
          });
        }).on('error', () => {
          failed.push(0);
          resolve();
        });
      }),
    );
  }
  await Promise.all(waiting);
  return { times, failed: failed.length };
}

const at = (list, part) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))];
const ms = (value) => `${value.toFixed(1)} ms`;

for (const setting of values.concurrency.split(',')) {
  const server = start(serverFile, setting === 'default' ? [] : [setting]);
  const { port, concurrency, password } = await told(server);
  const flood = start(new URL('./flood-client.mjs', import.meta.url), [String(port), String(rate), password]);
  await told(flood);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  await probe(port, agent);
  const before = loadavg()[0];
  const idle = { times: [], failed: 0 };
  const flooded = { times: [], failed: 0 };
  const counts = { sent: 0, ok: 0, busy: 0, retryAfter: 0, other: 0, broken: 0 };
  const add = (to, { times, failed }) => {
    to.times.push(...times);
    to.failed += failed;
  };
  for (let round = 0; round < rounds; round++) {
    add(idle, await probe(port, agent));
    flood.send('begin');
    // Until the queue is full.
    await pause(500);
    add(flooded, await probe(port, agent));
    const ended = told(flood);
    flood.send('end');
    for (const [name, count] of Object.entries(await ended)) counts[name] += count;
    // Until it is empty.
    await pause(2_500);
  }
  const [was, is] = [at(idle.times, 0.99), at(flooded.times, 0.99)];
  const met = is <= Math.max(was * GOAL.factor, was + GOAL.more) && flooded.failed === 0;
  const answered = counts.ok + counts.busy + counts.other;
  console.log(
    `${concurrency} hashes at a time${setting === 'default' ? ' (default)' : ''} on ${availableParallelism()} cores, ${rate} sign-ins a second for ${rounds} × ${seconds} s`,
  );
  console.log(`  light request   p50 ${ms(at(idle.times, 0.5))} idle, ${ms(at(flooded.times, 0.5))} under the flood`);
  console.log(
    `                  p99 ${ms(was)} idle, ${ms(is)} under the flood (goal: 1.5 times, or 20 ms more: ${met ? 'met' : 'missed'})`,
  );
  console.log(`                  ${idle.failed} and ${flooded.failed} of ${flooded.times.length + flooded.failed} not answered with 200`);
  console.log(
    `  sign-ins        ${(counts.ok / (rounds * (seconds + 0.5))).toFixed(0)} a second done, ${((counts.busy / answered) * 100).toFixed(0)} % answered with 503, ` +
      `${counts.busy === counts.retryAfter ? 'each' : `${counts.retryAfter} of ${counts.busy}`} with Retry-After; ${counts.other} other, ${counts.broken} broken`,
  );
  console.log(`  load average    ${before.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after; Node ${process.version}`);
  flood.disconnect();
  server.disconnect();
}
