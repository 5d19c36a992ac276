// The steps of .ci/run. `node scripts/ci.ts lint types-7` runs some of them.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { TEST_REPORT } from './asvs/test-report.ts';
import { startServers } from './ci/start-servers.ts';
import { inParallel, run, type RunResult } from './lib/run.ts';
import { ROOT } from './lib/workspace.ts';

interface Step {
  readonly name: string;
  /** What to do about a failure, or what it means. */
  readonly failure: string;
  readonly run: () => Promise<RunResult>;
}

const node = (...args: string[]) => run(process.execPath, args, { cwd: ROOT, env: process.env });
const library = (path: string) => join(ROOT, 'node_modules', path);

/** These take the machine for themselves: the tests measure time, and the rest needs the build. `asvs` reads what `test` has found. */
const ALONE: readonly Step[] = [
  { name: 'servers', failure: 'PostgreSQL, MariaDB and Redis must answer, and Chromium be there.', run: startServers },
  { name: 'build', failure: 'A package or an example does not build.', run: () => node('scripts/build.ts') },
  { name: 'test', failure: 'A test failed: npm test.', run: () => node('scripts/test.ts') },
  { name: 'asvs', failure: 'A requirement of ASVS lacks its test: pnpm check:asvs.', run: () => node('scripts/asvs/generate.ts') },
  {
    name: 'defaults',
    failure: 'A default that is turned off turns other lines red than it says: pnpm asvs:defaults.',
    run: () => node('scripts/asvs/defaults.ts', '--part'),
  },
];

const TOGETHER: readonly Step[] = [
  {
    name: 'consumer',
    failure: 'A project outside of the workspace can not use the packed packages: pnpm check:consumer.',
    run: () => node('scripts/consumer-test.ts'),
  },
  {
    name: 'tutorial',
    failure: 'The tutorial does not do what it says: pnpm check:tutorial.',
    run: () => node('scripts/check-tutorial.ts'),
  },
  {
    name: 'create',
    failure: 'npm create @plinth makes no project that works: pnpm check:create.',
    run: () => node('scripts/check-create.ts'),
  },
  {
    name: 'lint',
    failure: 'The linter found something: pnpm lint.',
    run: () => node(library('oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'),
  },
  {
    name: 'format',
    failure: 'A file is not formatted: pnpm format.',
    run: () => node(library('prettier/bin/prettier.cjs'), '--check', '.', '--log-level', 'warn'),
  },
  {
    name: 'types-7',
    failure: 'TypeScript 7 refuses a source or a test: pnpm types.',
    run: () => node(library('typescript/bin/tsc'), '-p', 'tsconfig.json'),
  },
  {
    name: 'types-6',
    failure: 'TypeScript 6 refuses a source or a test: pnpm types.',
    run: () => node(library('typescript-6/bin/tsc'), '-p', 'tsconfig.json'),
  },
  { name: 'fixtures', failure: 'A wrong wiring or handler compiles: pnpm check:fixtures.', run: () => node('scripts/check-fixtures.mjs') },
  { name: 'layers', failure: 'An import breaks the layers: pnpm check:layers.', run: () => node('scripts/check-layers.ts') },
  { name: 'exports', failure: 'The exported names changed: pnpm check:exports.', run: () => node('scripts/check-exports.ts') },
  { name: 'packages', failure: 'A package would be published wrongly: pnpm check:packages.', run: () => node('scripts/check-packages.ts') },
  { name: 'errors', failure: 'An error code lacks its page or its test: pnpm check:errors.', run: () => node('scripts/check-errors.ts') },
  { name: 'docs', failure: 'A code block of the docs does not compile: pnpm check:docs.', run: () => node('scripts/check-docs.ts') },
];

process.env['PLINTH_REQUIRE_SERVERS'] = '1';
process.env['PLINTH_SKIP_TYPES'] = '1';
process.env['PLINTH_TEST_REPORT'] = TEST_REPORT;

const wanted = process.argv.slice(2);
const chosen = (steps: readonly Step[]) => steps.filter((step) => wanted.length === 0 || wanted.includes(step.name));
const started = performance.now();
let passed = 0;
let failed = 0;

for (const step of chosen(ALONE)) if (failed === 0) await take(step);
await inParallel(chosen(TOGETHER), availableParallelism(), async (step) => {
  if (failed === 0) await take(step);
});
console.log(
  `${failed === 0 ? 'all in order' : 'stopped at the first failure'} after ${Math.round((performance.now() - started) / 1000)} s`,
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function take(step: Step): Promise<void> {
  const { code, output, seconds } = await step.run();
  const counts = step.name === 'test' ? /(\d+) passed, (\d+) failed(?:, \d+ skipped)?\s*$/.exec(output) : null;
  const detail = counts ? `  ${counts[0].trim()}` : '';
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${step.name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s${detail}`);
  if (code === 0) passed += counts ? Number(counts[1]) : 1;
  else {
    failed += Math.max(1, Number(counts?.[2] ?? 1));
    console.error(`\n${output.trimEnd()}\n\n${step.name}: ${step.failure}\n`);
  }
}
