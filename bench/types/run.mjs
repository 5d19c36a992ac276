// What types cost: the compiler on 100 tables and 500 queries, for each library, with TypeScript 7 and 6.
// node run.mjs [--runs=3]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenders, queryKinds, tableCount } from './generate.mjs';

const here = import.meta.dirname;
const root = join(here, '../..');
const runs = Number(process.argv.find((argument) => argument.startsWith('--runs='))?.slice('--runs='.length) ?? 3);
const work = join(here, 'node_modules/.cache/types');
// Beside the package's own dependencies, so that its declarations find knex as they do when installed.
const declarations = join(root, 'packages/data/node_modules/.cache/types');
const compilers = {
  'TypeScript 7': join(root, 'node_modules/typescript/bin/tsc'),
  'TypeScript 6': join(root, 'node_modules/typescript-6/bin/tsc'),
};

emitDeclarations();
console.log(`${tableCount} tables, ${tableCount * queryKinds} queries; the best of ${runs} runs\n`);
console.log('| compiler | library | instantiations | types | check time (s) | memory (MB) |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [compiler, path] of Object.entries(compilers)) {
  for (const [name, files] of Object.entries(contenders)) {
    const project = writeProject(name, files);
    const best = Array.from({ length: runs }, () => measure(path, project)).sort((a, b) => a.check - b.check)[0];
    console.log(`| ${compiler} | ${name} | ${best.instantiations} | ${best.types} | ${best.check.toFixed(2)} | ${best.memory} |`);
  }
}

/** The types as people install them: declarations, not sources. */
function emitDeclarations() {
  rmSync(declarations, { recursive: true, force: true });
  mkdirSync(declarations, { recursive: true });
  const config = join(declarations, 'tsconfig.json');
  const compilerOptions = {
    declaration: true,
    emitDeclarationOnly: true,
    noEmitOnError: false,
    stripInternal: true,
    customConditions: ['@plinth/source'],
    rootDir: join(root, 'packages'),
    outDir: declarations,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files: [join(root, 'packages/data/src/index.ts')] }),
  );
  spawnSync(process.execPath, [compilers['TypeScript 7'], '-p', config], { stdio: 'inherit' });
}

function writeProject(name, files) {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const compilerOptions = {
    noEmit: true,
    noUnusedLocals: false,
    typeRoots: [join(root, 'node_modules/@types')],
    paths: Object.fromEntries(
      ['data', 'core', 'validation'].map((short) => [`@plinth/${short}`, [join(declarations, short, 'src/index.d.ts')]]),
    ),
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
  );
  return folder;
}

function measure(compiler, project) {
  const output = execFileSync(process.execPath, [compiler, '-p', project, '--extendedDiagnostics'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const read = (label) => output.match(new RegExp(`^${label}:\\s+([\\d.,]+)`, 'm'))?.[1]?.replaceAll(',', '') ?? '0';
  return {
    instantiations: Number(read('Instantiations')),
    types: Number(read('Types')),
    check: Number(read('Check time')),
    memory: Math.round(Number(read('Memory used')) / 1024),
  };
}
