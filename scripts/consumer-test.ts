// A project outside of the workspace, as a reader of the docs would have it: the packed packages, installed by plain npm.
// Its types are checked by TypeScript 6 and 7; it runs compiled by swc (with metadata), by tsx (without any) and through require(), on each supported Node.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkService } from './consumer/check-service.ts';
import { compileWithSwc } from './consumer/compile-with-swc.ts';
import { installNode } from './lib/install-node.ts';
import { packAll, type Tarball } from './lib/pack.ts';
import { report } from './lib/report.ts';
import { inParallel, run } from './lib/run.ts';
import { startService } from './lib/service.ts';
import { ROOT } from './lib/workspace.ts';

const NODES = ['22.23.3', '24.21.0', '26.10.0'];
const MODES: Readonly<Record<string, readonly string[]>> = {
  'compiled by swc, with metadata': ['compiled/main-by-metadata.js'],
  'by tsx, without metadata': ['--import', 'tsx', 'src/main.ts'],
  'CommonJS, by require()': ['commonjs/main.cjs'],
};
/** A mistake in each file, and what the compiler's message must say of it. */
const WRONG: Readonly<Record<string, RegExp>> = {
  'wrong/missing-dependency.ts': /missing-dependency\.ts\(\d+,\d+\)/,
  'wrong/misspelt-field.ts': /misspelt-field\.ts\(\d+,\d+\).*"but the handler takes", \{ titel: string/s,
};

const folder = mkdtempSync(join(tmpdir(), 'plinth-consumer-'));
try {
  report(await main(), 'a project that installs the packages');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<readonly string[]> {
  const [tarballs, nodes] = await Promise.all([packAll(join(folder, 'tarballs')), Promise.all(NODES.map(installNode))]);
  cpSync(join(ROOT, 'scripts', 'consumer', 'project'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestOf(tarballs), undefined, 2));
  const installed = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: folder });
  if (installed.code !== 0) return [`npm install of the packed packages failed:\n${installed.output}`];

  const types = await checkTypes();
  if (types.length > 0) return types;
  compileWithSwc(folder);
  const runs = nodes.flatMap((node, index) =>
    Object.entries(MODES).map(([mode, args]) => ({ node, args, name: `Node ${NODES[index]}, ${mode}` })),
  );
  return (await inParallel(runs, availableParallelism(), runService)).flat();
}

function manifestOf(tarballs: readonly Tarball[]): object {
  return {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: {
      ...Object.fromEntries(tarballs.map(({ package: { manifest }, file }) => [manifest.name, `file:${file}`])),
      'better-sqlite3': '^13.2.0',
    },
    devDependencies: {
      '@swc/core': '^1.16.22',
      '@types/node': '^24.0.0',
      tsx: '^4.23.0',
      typescript: '7.0.2',
      'typescript-6': 'npm:typescript@6.0.3',
    },
  };
}

async function checkTypes(): Promise<readonly string[]> {
  const compilers = { 'TypeScript 7': 'typescript', 'TypeScript 6': 'typescript-6' };
  const problems: string[] = [];
  for (const [name, library] of Object.entries(compilers)) {
    const tsc = (...args: string[]) =>
      run(process.execPath, [join('node_modules', library, 'bin', 'tsc'), '--pretty', 'false', ...args], { cwd: folder });
    const right = await tsc('-p', 'tsconfig.json');
    if (right.code !== 0) problems.push(`${name} refuses the service:\n${right.output}`);
    const wrong = await tsc('-p', 'tsconfig.wrong.json');
    for (const [file, message] of Object.entries(WRONG)) {
      if (!message.test(wrong.output))
        problems.push(`${name} does not say what is wrong in ${file}; it says:\n${wrong.output || 'nothing'}`);
    }
  }
  return problems;
}

async function runService({ node, args, name }: { node: string; args: readonly string[]; name: string }): Promise<readonly string[]> {
  try {
    const service = await startService(node, args, { cwd: folder, env: { DATABASE_URL: 'sqlite::memory:', NODE_OPTIONS: '' } });
    const problems = await checkService(service.url).then(
      (found) => [...found],
      (error: unknown) => [`a request failed: ${String(error)}\n${service.output()}`],
    );
    const code = await service.stop('SIGTERM');
    if (code !== 0) problems.push(`SIGTERM ended it with ${code}, not 0:\n${service.output()}`);
    return problems.map((problem) => `${name}: ${problem}`);
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}
