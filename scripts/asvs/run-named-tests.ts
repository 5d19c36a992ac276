import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../lib/run.ts';
import { ROOT } from '../lib/workspace.ts';
import { findServers } from '../servers.ts';
import { readReport, type Report } from './read-report.ts';
import { splitTest } from './requirement.ts';

/** Runs tests by their names, and nothing else, in a process of its own; with a default turned off if one is named. Throws an error with the output when there is no report. */
export async function runNamedTests(tests: readonly string[], turnedOff?: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-asvs-'));
  const file = join(folder, 'report.json');
  const found = await findServers(process.env);
  const env = {
    ...process.env,
    ...Object.fromEntries(found.map(({ variable, url }) => [variable, url])),
    PLINTH_ASVS_TESTS: patternOf(tests),
    ...(turnedOff !== undefined && { PLINTH_ASVS_DEFAULT: turnedOff }),
  };
  const files = [...new Set(tests.map((test) => splitTest(test).file))].sort();
  const args = ['run', '--config', 'scripts/asvs/vitest.config.ts', '--reporter=json', `--outputFile=${file}`, ...files];
  try {
    const { output } = await run(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...args], { cwd: ROOT, env });
    try {
      return readReport(file, ROOT);
    } catch {
      throw new Error(`The tests could not be run:\n${output}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An expression that matches the full names of these tests and no others. */
export function patternOf(tests: readonly string[]): string {
  const names = tests.map((test) => {
    const { name } = splitTest(test);
    return name.endsWith('*') ? `${escape(name.slice(0, -1))}.*` : escape(name);
  });
  return `^(?:${[...new Set(names)].sort().join('|')})$`;
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}
