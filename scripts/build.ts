// Builds what changed since the last build: JavaScript by tsup (one process per package), types by `tsc -b`.
//   node scripts/build.ts [--javascript]     JavaScript only: enough to run an example
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { inParallel, run } from './lib/run.ts';
import { filesIn, type Package, packagesIn, ROOT } from './lib/workspace.ts';

const STAMPS = join(ROOT, 'node_modules', '.plinth-built.json');

async function main(): Promise<number> {
  const stamps = readStamps();
  const stale = [...packagesIn('packages'), ...packagesIn('examples')].filter(
    (each) => stamps[each.path] !== stampOf(each) || !existsSync(join(each.folder, 'dist')),
  );
  if (stale.length > 0) console.error(`plinth: building ${stale.map((each) => each.name).join(', ')}`);

  const results = await inParallel(stale, availableParallelism(), async (each) => {
    const stamp = stampOf(each);
    removeJavaScript(join(each.folder, 'dist'));
    const result = await run(process.execPath, [join(ROOT, 'node_modules/tsup/dist/cli-default.js'), '--silent'], { cwd: each.folder });
    if (result.code === 0) stamps[each.path] = stamp;
    else delete stamps[each.path];
    return { each, ...result };
  });
  mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
  writeFileSync(STAMPS, JSON.stringify(stamps, undefined, 1));

  const failed = results.filter((result) => result.code !== 0);
  for (const { each, output } of failed) console.error(`\n${output}\nplinth: ${each.path} could not be built.`);
  if (failed.length > 0) return 1;
  return process.argv.includes('--javascript') ? 0 : buildTypes();
}

async function buildTypes(): Promise<number> {
  const { code, output } = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json'], {
    cwd: ROOT,
  });
  if (code !== 0) console.error(`${output}\nplinth: the types of the packages could not be built.`);
  return code;
}

function readStamps(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Changes when a source, the manifest or the build's configuration does. */
function stampOf(each: Package): string {
  const sources = [
    ...filesIn(join(each.folder, 'src'), ['.ts']).filter((file) => !file.endsWith('.test.ts')),
    ...['package.json', 'tsup.config.ts'].map((name) => join(each.folder, name)),
    ...['tsup.base.ts', 'tsconfig.base.json'].map((name) => join(ROOT, name)),
  ];
  const hash = createHash('sha256');
  for (const file of sources) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(each.folder, file)}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('base64url');
}

/** Shared chunks are named by content: without this, chunks of earlier builds would be published too. */
function removeJavaScript(dist: string): void {
  for (const file of filesIn(dist, ['.js', '.js.map'])) rmSync(file);
}

process.exitCode = await main();
