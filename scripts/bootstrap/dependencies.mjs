import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';
import { refusalOf } from './refusal.mjs';
import { runCommand } from './run-command.mjs';

const STAMP = join(ROOT, 'node_modules', '.plinth-installed');

/** Installs the workspace's dependencies as the lockfile has them; does nothing when they already are. */
export async function ensureDependencies(tools) {
  const wanted = fingerprint();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
  console.error('plinth: installing dependencies (once)');
  const { code, output } = await runCommand(
    tools.pnpm,
    ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false'],
    { cwd: ROOT, env: tools.env },
  );
  if (code !== 0) throw refusalOf('Installing the dependencies', output);
  writeFileSync(STAMP, wanted);
}

/** Changes when the lockfile or the list of packages does. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(ROOT, file)));
  return `${hash.digest('hex')} ${process.platform}-${process.arch}\n`;
}
