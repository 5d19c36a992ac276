// How long an application of 10 and one of 10,000 routes, with parameters, bodies and replies, takes to boot; medians of fresh processes.
// node routes.mjs [--rounds 9]
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { configured, createApp, Module } from '@plinth/core';
import { get, HTTP_SERVER, HttpModule, post } from '@plinth/http';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, measure: { type: 'string' } } });
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

if (values.measure === undefined) {
  const rounds = [10, 10_000].map((count) => [count, []]);
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [count, results] of rounds)
      results.push(JSON.parse(execFileSync(process.execPath, [import.meta.filename, '--measure', String(count)], { encoding: 'utf8' })));
  for (const [count, results] of rounds)
    console.log(
      `${String(count).padStart(6)} routes: boot ${Math.round(median(results.map(({ boot }) => boot)))} ms of processor time, ${Math.round(median(results.map(({ wall }) => wall)))} ms`,
    );
} else {
  const count = Number(values.measure);
  class Root {}
  Module({})(Root);
  // A service of this size describes some hundred things, not ten thousand.
  const body = Array.from({ length: 200 }, (_, index) => ({
    type: 'object',
    properties: { name: { type: 'string', maxLength: 100 + index }, amount: { type: 'integer', minimum: index } },
    required: ['name'],
    additionalProperties: false,
  }));
  const routes = Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? get(`/api/resource${index}/:id`, { open: true, returns: body[index % 200] }, ({ params }) => ({ name: params.id }))
      : post(
          `/api/resource${index}/:id/parts`,
          { open: true, body: body[index % 200], returns: { 200: body[index % 200] } },
          (c) => c.body,
        ),
  );
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  const app = await createApp(configured(Root, { imports: [HttpModule.with({})], routes }), {
    env: { NODE_ENV: 'production', APP_HOSTS: 'localhost', LOG_LEVEL: 'error', LOG_FORMAT: 'json' },
    envFile: false,
  });
  const { user, system } = process.cpuUsage(cpu);
  const wall = performance.now() - begun;
  const answer = await app.get(HTTP_SERVER).inject({ url: `/api/resource${count - 2}/7`, headers: { host: 'localhost' } });
  if (answer.status !== 200) throw new Error(answer.text());
  console.log(JSON.stringify({ boot: (user + system) / 1000, wall }));
  process.exit(0);
}
