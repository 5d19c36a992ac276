// The layers of the house: who may import whom, one file per foreign library, files of readable length.
// Judges src/** of every package and example, but not its tests.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Import, readImports } from './lib/read-imports.ts';
import { report } from './lib/report.ts';
import { filesIn, type Package, packagesIn } from './lib/workspace.ts';

const ROWS: readonly (readonly string[])[] = [
  ['validation'],
  ['core'],
  ['http', 'data', 'cache', 'queue', 'mail', 'storage', 'telemetry'],
  ['auth', 'openapi', 'realtime', 'graphql', 'testing'],
  ['cli', 'create-plinth'],
];
const EXAMPLES_ROW = 4;
const MAX_LINES = 300;

/** Libraries that one file of the whole house may know. */
const ONE_FILE: Readonly<Record<string, string>> = {
  'reflect-metadata': 'packages/core/src/di/recorded-types.ts',
};

/** A test runner's functions are the language of a contract suite; each suite imports them. */
const ANYWHERE_IN_TESTING = new Set(['vitest']);

const packages = packagesIn('packages');
const problems: string[] = [];

for (const each of packages) checkPackage(each, rowOf(each.name));
for (const each of packagesIn('examples')) checkPackage(each, EXAMPLES_ROW);
report(problems, 'layers');

function checkPackage(each: Package, row: number): void {
  if (row < 0) problems.push(`${each.path} stands in no row: add it to ROWS in scripts/check-layers.ts and to the plan.`);
  const users = new Map<string, Set<string>>();
  for (const file of filesIn(join(each.folder, 'src'), ['.ts'])) {
    if (/\.test(-[a-z]+)?\.ts$/.test(file)) continue;
    checkLength(each, file);
    for (const found of readImports(file)) checkImport(each, row, file, found, users);
  }
  for (const [library, files] of users) {
    if (files.size > 1)
      problems.push(
        `${library} is imported by ${files.size} files of ${each.path}: ${[...files].join(', ')}. Let one file hold it and the others import that file.`,
      );
  }
}

function checkLength(each: Package, file: string): void {
  const lines = readFileSync(file, 'utf8').split('\n').length - 1;
  if (lines > MAX_LINES)
    problems.push(`${at(each, file)} has ${lines} lines; ${MAX_LINES} are allowed. Make two files, each named for its one thing.`);
}

function checkImport(each: Package, row: number, file: string, found: Import, users: Map<string, Set<string>>): void {
  const where = `${at(each, file)}:${found.line}`;
  const { specifier } = found;
  if (specifier.startsWith('.')) return checkRelative(each, file, where, specifier);
  if (specifier.startsWith('node:')) return;
  if (builtinModules.includes(specifier)) {
    problems.push(`${where} imports ${specifier}: write node:${specifier}.`);
    return;
  }
  const library = libraryOf(specifier);
  if (library.startsWith('@plinth/')) checkSibling(each, row, file, where, specifier, library);
  else checkForeign(each, file, where, library, found, users);
  const declared = { ...each.manifest.dependencies, ...each.manifest.peerDependencies };
  const inTesting = isBelow(each, file, 'testing') && ANYWHERE_IN_TESTING.has(library);
  if (!(library in declared) && library !== each.manifest.name && !inTesting)
    problems.push(`${where} imports ${library}, which package.json does not list.`);
}

function checkRelative(each: Package, file: string, where: string, specifier: string): void {
  const target = resolve(dirname(file), specifier);
  if (!target.startsWith(join(each.folder, 'src') + sep)) {
    problems.push(`${where} imports ${specifier}, which lies outside the package: import a sibling by its package name.`);
    return;
  }
  const adapter = adapterOf(each, target);
  if (adapter && adapterOf(each, file) !== adapter)
    problems.push(`${where} imports from src/adapters/${adapter}: nothing outside that folder may know it.`);
}

function checkSibling(each: Package, row: number, file: string, where: string, specifier: string, library: string): void {
  const name = library.slice('@plinth/'.length);
  const sibling = packages.find((other) => other.name === name);
  if (!sibling) {
    problems.push(`${where} imports ${specifier}, which no package of the workspace is.`);
    return;
  }
  const entry = `.${specifier.slice(library.length)}`;
  if (!Object.keys(sibling.manifest.exports ?? {}).includes(entry))
    problems.push(`${where} imports ${specifier}, which ${library} does not export.`);
  if (name === each.name) {
    problems.push(`${where} imports its own package by name: use a relative path.`);
    return;
  }
  // An adapter joins two packages of one row, and lives with the owner of the port.
  const allowed = adapterOf(each, file) ? rowOf(name) <= row : rowOf(name) < row;
  if (!allowed)
    problems.push(`${where}: row ${row} (${each.name}) may not import row ${rowOf(name)} (${name}): layers point strictly downward.`);
}

function checkForeign(each: Package, file: string, where: string, library: string, found: Import, users: Map<string, Set<string>>): void {
  const only = ONE_FILE[library];
  if (only && at(each, file) !== only) problems.push(`${where} imports ${library}: only ${only} may.`);
  if (found.typeOnly || each.path.startsWith('examples/') || (isBelow(each, file, 'testing') && ANYWHERE_IN_TESTING.has(library))) return;
  users.set(library, (users.get(library) ?? new Set()).add(at(each, file)));
}

function libraryOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function rowOf(name: string): number {
  return ROWS.findIndex((row) => row.includes(name));
}

function adapterOf(each: Package, file: string): string | undefined {
  const [first, second] = relative(join(each.folder, 'src'), file).split(sep);
  return first === 'adapters' ? second?.replace(/\.[jt]s$/, '') : undefined;
}

function isBelow(each: Package, file: string, folder: string): boolean {
  return relative(join(each.folder, 'src'), file).split(sep).includes(folder);
}

function at(each: Package, file: string): string {
  return `${each.path}/${relative(each.folder, file).split(sep).join('/')}`;
}
