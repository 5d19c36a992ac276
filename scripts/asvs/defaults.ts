// Turns single defaults off, in memory, and looks whether exactly those lines of docs/reference/asvs.md turn red that each names.
// `pnpm asvs:defaults` runs every test that a line names for every default, which takes minutes; with `--part`, as in CI, the tests of the
// lines that are expected to turn red and a sample of the others. Names of defaults choose some of them.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { report as tell } from '../lib/report.ts';
import { inParallel } from '../lib/run.ts';
import { ROOT } from '../lib/workspace.ts';
import { CHAPTERS } from './chapters.ts';
import { testedIn } from './check-requirements.ts';
import { differences, failuresOf, redLines, type Line } from './defaults/judge.ts';
import { applyMutation, type Mutation } from './defaults/mutation.ts';
import { MUTATIONS } from './defaults/mutations.ts';
import { partOf } from './defaults/part.ts';
import { runNamedTests } from './run-named-tests.ts';

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const part = process.argv.includes('--part');
const chosen = MUTATIONS.filter(({ name }) => named.length === 0 || named.includes(name));
const all: readonly Line[] = testedIn(CHAPTERS);
const problems = [
  ...named.filter((name) => !MUTATIONS.some((each) => each.name === name)).map((name) => `There is no default "${name}".`),
  ...chosen.flatMap(textProblems),
];

if (problems.length === 0) {
  // What fails by itself shows nothing.
  const lines = part
    ? partOf(
        all,
        chosen.flatMap(({ turnsRed }) => turnsRed),
      )
    : all;
  const broken = await failing(lines);
  problems.push(...broken.map((test) => `fails although no default is turned off: ${test}`));
  if (broken.length === 0)
    for (const found of await inParallel(chosen, Math.min(2, availableParallelism()), tryToJudge)) problems.push(...found);
}
tell(problems, `${chosen.length} defaults turned off, one after the other`);

async function tryToJudge(mutation: Mutation): Promise<readonly string[]> {
  return judge(mutation).catch((error: unknown) => [`${mutation.name}: ${(error as Error).message}`]);
}

async function judge(mutation: Mutation): Promise<readonly string[]> {
  const started = performance.now();
  const lines = part ? partOf(all, mutation.turnsRed) : all;
  const red = redLines(lines, await failing(lines, mutation));
  const found = differences(mutation, red);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
  console.log(`${found.length === 0 ? 'ok    ' : 'FAILED'}  ${mutation.name.padEnd(20)} ${seconds} s  red: ${red.join(', ') || 'none'}`);
  return found;
}

/** The named tests that fail. What is not expected is tried once more by itself: tests of times fail on a busy machine. */
async function failing(lines: readonly Line[], mutation?: Mutation): Promise<readonly string[]> {
  const tests = [...new Set(lines.flatMap((line) => line.tests))];
  const failures = failuresOf(lines, await runNamedTests(tests, mutation?.name));
  const expected = new Set(lines.filter(({ id }) => mutation?.turnsRed.includes(id)).flatMap((line) => line.tests));
  const odd = failures.filter((test) => !expected.has(test));
  if (odd.length === 0) return failures;
  const again = failuresOf([{ id: 'again', tests: odd }], await runNamedTests(odd, mutation?.name));
  return failures.filter((test) => expected.has(test) || again.includes(test));
}

function textProblems(mutation: Mutation): readonly string[] {
  try {
    applyMutation(mutation, readFileSync(join(ROOT, mutation.file), 'utf8'));
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
