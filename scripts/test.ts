// npm test [-- <vitest filters>]: every test of the workspace, and the type checks of the tests, against the servers that answer.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';
import { run } from './lib/run.ts';
import { ROOT } from './lib/workspace.ts';
import { findServers } from './servers.ts';

async function main(filters: string[]): Promise<number> {
  const required = Boolean(process.env['CI']) || process.env['PLINTH_REQUIRE_SERVERS'] === '1';
  const servers = await findServers(process.env);
  for (const { variable, url } of servers) if (url) process.env[variable] = url;
  const absent = servers.filter((server) => !server.url);
  if (required && absent.length > 0) {
    for (const { name, variable, tried } of absent)
      console.error(`${name} does not answer at ${tried}. Start it (docker compose up -d) or say where it is in ${variable}.`);
    console.log(`0 passed, ${absent.length} failed`);
    return 1;
  }

  const folder = mkdtempSync(join(tmpdir(), 'plinth-test-'));
  const missingServers = join(folder, 'missing-servers');
  writeFileSync(missingServers, '');
  process.env['PLINTH_MISSING_SERVERS'] = missingServers;
  try {
    const types = filters.length > 0 || process.env['PLINTH_SKIP_TYPES'] === '1' ? undefined : checkTypes();
    const counts = await runTests(filters);
    const wrongTypes = await types;
    if (wrongTypes) console.log(`${wrongTypes}\nThe type check of the sources and tests failed.\n`);
    const missing = [...new Set([...absent.map((server) => server.name), ...readMissing(missingServers)])];
    if (missing.length > 0) console.log(`Tests that need ${missing.join(', ')} were left out. ${cureOf(missing)}`);
    const failed = counts.failed + (wrongTypes ? 1 : 0) + (required ? missing.length : 0);
    if (counts.passed === 0 && failed === 0) console.log('No test matches.');
    console.log(`${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
    return failed > 0 || counts.passed === 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test file that can't be read and an error outside of any test each count as one failure. */
async function runTests(filters: string[]): Promise<{ passed: number; failed: number; skipped: number }> {
  const shown = process.env['CI'] ? 'default' : 'dot';
  // scripts/asvs reads the report of the whole suite.
  const outputFile = process.env['PLINTH_TEST_REPORT'];
  const reporters = outputFile !== undefined && filters.length === 0 ? { reporters: [shown, 'json'], outputFile } : { reporters: [shown] };
  const vitest = await startVitest(filters, { root: ROOT, run: true, watch: false, ...reporters });
  const counts = { passed: 0, failed: vitest.state.getUnhandledErrors().length, skipped: 0 };
  for (const module of vitest.state.getTestModules()) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed++;
      else if (state === 'failed') failedTests++;
      else counts.skipped++;
    }
    counts.failed += failedTests === 0 && module.state() === 'failed' ? 1 : failedTests;
  }
  await vitest.close();
  process.exitCode = 0; // set by vitest; the answer is computed from the counts
  return counts;
}

async function checkTypes(): Promise<string | undefined> {
  const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], {
    cwd: ROOT,
  });
  return code === 0 ? undefined : output;
}

/** Programs that tests start themselves, and the packages of Debian and Ubuntu that bring them; all else is a server of compose.yaml. */
const PROGRAMS: Readonly<Record<string, string>> = { Chromium: 'chromium', HAProxy: 'haproxy' };

function cureOf(missing: readonly string[]): string {
  const packages = missing.flatMap((name) => PROGRAMS[name] ?? []);
  const servers = missing.filter((name) => PROGRAMS[name] === undefined);
  return [
    ...(servers.length > 0 ? [`To start ${servers.join(', ')}: docker compose up -d`] : []),
    ...(packages.length > 0 ? [`To install ${packages.join(', ')}: apt install ${packages.join(' ')}`] : []),
  ].join('. ');
}

function readMissing(file: string): readonly string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
    : [];
}

// A test that leaves a handle open must not keep the run from ending.
process.exit(await main(process.argv.slice(2)));
