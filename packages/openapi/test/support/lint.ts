import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** One finding of `redocly lint` with its recommended rules. */
export interface Finding {
  readonly ruleId: string;
  readonly severity: string;
  readonly message: string;
  readonly at: string;
}

const cli = join(dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json')), 'bin/cli.js');

/** Lints a document with `redocly lint`; no network. */
export async function lint(document: object): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-openapi-'));
  try {
    await writeFile(join(folder, 'openapi.json'), JSON.stringify(document, null, 2));
    const output = await new Promise<string>((resolve, reject) => {
      execFile(
        process.execPath,
        [cli, 'lint', 'openapi.json', '--extends', 'recommended', '--format', 'json'],
        { cwd: folder, env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' } },
        (error, stdout, stderr) => (stdout === '' ? reject(error ?? new Error(stderr)) : resolve(stdout)),
      );
    });
    const report = JSON.parse(output) as {
      problems: { ruleId: string; severity: string; message: string; location: { pointer: string }[] }[];
    };
    return report.problems.map(({ ruleId, severity, message, location }) => ({
      ruleId,
      severity,
      message,
      at: location[0]?.pointer ?? '',
    }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
