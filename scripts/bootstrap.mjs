#!/usr/bin/env node
// The one entry of `npm start`, `npm test` and their kin. Plain JavaScript for Node 18 and later: it must run before anything is installed.
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { Refusal, refusalOf } from './bootstrap/refusal.mjs';
import { runTask } from './bootstrap/run-task.mjs';
import { ensureTools } from './bootstrap/tools.mjs';

/** What each task runs once Node, pnpm and the dependencies are there. `build` says what must be built before it. */
const TASKS = {
  start: { script: 'scripts/start.ts', build: true },
  test: { script: 'scripts/test.ts', build: false },
  bench: { script: 'scripts/bench.ts', build: true },
  soak: { script: 'scripts/soak.ts', build: true },
  build: { script: 'scripts/build.ts', build: false },
};

async function main([name, ...args]) {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;
  if (!task && name !== 'exec') {
    throw new Refusal(
      `There is no task "${name ?? ''}".`,
      `Choose one of ${Object.keys(TASKS).join(', ')}, or: exec <command> [arguments].`,
    );
  }
  const tools = await ensureTools();
  await ensureDependencies(tools);
  if (!task) {
    if (args.length === 0) throw new Refusal('exec needs a command.', 'For example: node scripts/bootstrap.mjs exec pnpm outdated');
    return runTask(tools, args[0], args.slice(1));
  }
  if (task.build) {
    const built = await runTask(tools, tools.node, ['scripts/build.ts', '--javascript']);
    if (built !== 0) return built;
  }
  return runTask(tools, tools.node, [task.script, ...args]);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const refusal = error instanceof Refusal ? error : 'syscall' in error ? refusalOf('Preparing the project', error.message) : undefined;
  if (!refusal) throw error;
  console.error(`\nplinth: ${refusal.message}\n        ${refusal.cure}`);
  process.exitCode = 1;
}
