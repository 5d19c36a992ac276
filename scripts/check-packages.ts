// What would be published: publint and arethetypeswrong on each packed tarball, and that it holds what it should and nothing else.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll, type Tarball } from './lib/pack.ts';
import { report } from './lib/report.ts';
import { inParallel, run } from './lib/run.ts';
import { ROOT } from './lib/workspace.ts';

const WANTED = ['package/LICENSE', 'package/README.md', 'package/package.json', 'package/dist/index.js', 'package/dist/index.d.ts'];
const UNWANTED = /\.tsbuildinfo$|^package\/(?!templates\/).*\.test[.-]|^package\/(src|test)\//;

const folder = mkdtempSync(join(tmpdir(), 'plinth-pack-'));
try {
  const tarballs = await packAll(folder);
  const problems = await inParallel(tarballs, availableParallelism(), async (tarball) => [
    ...(await checkContents(tarball)),
    ...(await lint(tarball)),
    ...(await checkTypes(tarball)),
  ]);
  report(problems.flat(), `${tarballs.length} packages as published`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function checkContents({ file, package: { manifest } }: Tarball): Promise<readonly string[]> {
  const { stdout } = await run('tar', ['-tzf', file]);
  const files = stdout.split('\n').filter(Boolean);
  return [
    ...WANTED.filter((wanted) => !files.includes(wanted)).map(
      (wanted) => `${manifest.name}: the tarball lacks ${wanted.slice('package/'.length)}.`,
    ),
    ...files
      .filter((each) => UNWANTED.test(each))
      .map((each) => `${manifest.name}: the tarball holds ${each.slice('package/'.length)}, which is of no use to a reader.`),
  ];
}

async function lint({ file, package: { manifest } }: Tarball): Promise<readonly string[]> {
  const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules/publint/src/cli.js'), 'run', file, '--strict'], {
    cwd: ROOT,
  });
  return code === 0 ? [] : [`${manifest.name}: publint:\n${output}`];
}

async function checkTypes({ file, package: { manifest } }: Tarball): Promise<readonly string[]> {
  const cli = join(ROOT, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const { code, output } = await run(process.execPath, [cli, file, '--profile', 'esm-only', '--format', 'ascii', '--no-color'], {
    cwd: ROOT,
  });
  return code === 0 ? [] : [`${manifest.name}: arethetypeswrong:\n${output}`];
}
