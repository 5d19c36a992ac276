import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePackage } from '../bootstrap/node-version.mjs';
import { run } from './run.ts';
import { ROOT } from './workspace.ts';

/** Gives the path of one exact Node release, installed by npm below `.tools/` the first time. Throws an Error where none can be had. */
export async function installNode(version: string): Promise<string> {
  const name = nodePackage();
  if (!name) throw new Error(`There is no packaged Node for ${process.platform} ${process.arch}.`);
  const folder = join(ROOT, '.tools', `node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(join(folder, 'complete'))) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const { code, output } = await run(
    'npm',
    ['install', '--prefix', folder, '--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', `${name}@${version}`],
    { cwd: folder },
  );
  if (code !== 0) throw new Error(`Node ${version} could not be installed:\n${output}`);
  writeFileSync(join(folder, 'complete'), '');
  return binary;
}
