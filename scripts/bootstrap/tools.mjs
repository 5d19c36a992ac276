import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isSupportedNode, nodePackage } from './node-version.mjs';
import { TOOLS } from './paths.mjs';
import { Refusal, refusalOf } from './refusal.mjs';
import { runCommand } from './run-command.mjs';

const NODE = '24.21.0';
const PNPM = '12.21.0';
const STAMP = join(TOOLS, 'installed.json');

/**
 * Gives a Node and a pnpm that fit: the machine's own, or ones installed by npm into `.tools/`.
 * `env` is this process's environment with them first on PATH and without what `npm run` put there.
 */
export async function ensureTools() {
  const needsNode = !isSupportedNode(process.versions.node);
  const needsPnpm = !(await hasPnpm());
  if (!needsNode && !needsPnpm) return { node: process.execPath, pnpm: 'pnpm', env: environment(dirname(process.execPath)) };

  const wanted = {};
  if (needsNode) {
    const name = nodePackage();
    if (!name) {
      throw new Refusal(
        `This is Node ${process.versions.node} on ${process.platform} ${process.arch}; Plinth needs 22.19 or later.`,
        'Install Node >= 22.19 (https://nodejs.org) and run the same command again.',
      );
    }
    wanted[name] = NODE;
  }
  if (needsPnpm) wanted.pnpm = PNPM;
  await install(wanted);

  const bin = join(TOOLS, 'node_modules', '.bin');
  const node = needsNode ? nodeBinary(Object.keys(wanted)[0]) : process.execPath;
  return { node, pnpm: needsPnpm ? join(bin, 'pnpm') : 'pnpm', env: environment(dirname(node), needsPnpm ? bin : undefined) };
}

async function hasPnpm() {
  // Asked outside the project, so that a pnpm of another version does not fetch the one which package.json names.
  if (existsSync(join(TOOLS, 'node_modules', 'pnpm'))) return false;
  const { code, output } = await runCommand('pnpm', ['--version'], { cwd: dirname(process.execPath), env: environment() });
  const [major, minor] = output.trim().split('.').map(Number);
  return code === 0 && major === 12 && minor >= 21;
}

async function install(wanted) {
  if (isInstalled(wanted)) return;
  console.error(
    `plinth: getting ${Object.entries(wanted)
      .map(([name, version]) => `${name} ${version}`)
      .join(' and ')} into .tools/ (once)`,
  );
  try {
    mkdirSync(TOOLS, { recursive: true });
    rmSync(STAMP, { force: true });
    writeFileSync(join(TOOLS, 'package.json'), '{ "private": true }\n');
  } catch (error) {
    throw refusalOf('Preparing .tools/', String(error));
  }
  const packages = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
  const { code, output } = await runCommand(
    'npm',
    [
      'install',
      '--prefix',
      TOOLS,
      '--ignore-scripts',
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      '--fetch-retry-mintimeout=1000',
      '--fetch-retry-maxtimeout=5000',
      ...packages,
    ],
    {
      cwd: TOOLS,
      env: environment(),
    },
  );
  if (code !== 0) throw refusalOf('Getting Node and pnpm', output);
  writeFileSync(STAMP, JSON.stringify(wanted));
}

function isInstalled(wanted) {
  try {
    const installed = JSON.parse(readFileSync(STAMP, 'utf8'));
    return Object.entries(wanted).every(([name, version]) => installed[name] === version && existsSync(join(TOOLS, 'node_modules', name)));
  } catch {
    return false;
  }
}

function nodeBinary(name) {
  return join(TOOLS, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** `npm run` exports its own settings and paths; a nested npm or pnpm would take them for the user's. */
function environment(...first) {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (/^npm_(package|lifecycle)_/.test(name)) continue;
    if (
      /^npm_(execpath|node_execpath|command|config_(local_prefix|global_prefix|prefix|node_gyp|user_agent|npm_version|init_module|globalconfig))$/.test(
        name,
      )
    )
      continue;
    env[name] = value;
  }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [...first.filter(Boolean), env[key]].join(delimiter);
  return env;
}
