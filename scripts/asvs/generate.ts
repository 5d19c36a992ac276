// docs/reference/asvs.md from the requirements, after a run of the tests: `pnpm check:asvs`. `--update` writes the page, `--run` runs the
// named tests first instead of reading the report of the last `.ci/run test`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { report as tell } from '../lib/report.ts';
import { ROOT } from '../lib/workspace.ts';
import { CHAPTERS } from './chapters.ts';
import { checkRequirements, checkTests, testedIn } from './check-requirements.ts';
import { LISTED } from './listed-ids.ts';
import { readReport, type Report } from './read-report.ts';
import { runNamedTests } from './run-named-tests.ts';
import { TEST_REPORT } from './test-report.ts';
import { pageOf } from './write-page.ts';

const PAGE = 'docs/reference/asvs.md';
const problems = [...checkRequirements(CHAPTERS, LISTED)];

try {
  const states: Report = process.argv.includes('--run')
    ? await runNamedTests(testedIn(CHAPTERS).flatMap(({ tests }) => tests))
    : readReport(TEST_REPORT, ROOT);
  problems.push(...checkTests(CHAPTERS, states));
} catch (error) {
  problems.push((error as Error).message);
}

const path = join(ROOT, PAGE);
const page = await format(pageOf(CHAPTERS), { ...(await resolveConfig(path)), filepath: path });
if (process.argv.includes('--update')) writeFileSync(path, page);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== page)
  problems.push(`${PAGE} is not what scripts/asvs/requirements says: run \`pnpm check:asvs --update\`.`);
tell(problems, `${LISTED.size} requirements of ASVS 5.0`);
