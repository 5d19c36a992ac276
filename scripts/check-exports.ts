// The exported names of every entry of every package, against the reviewed list in scripts/exports/<package>.txt.
//   node scripts/check-exports.ts --update     writes the lists anew
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript-6';
import { report } from './lib/report.ts';
import { entriesOf, packagesIn, ROOT } from './lib/workspace.ts';

const SNAPSHOTS = join(ROOT, 'scripts', 'exports');

const packages = packagesIn('packages');
const program = ts.createProgram(
  packages.flatMap((each) => [...entriesOf(each).values()]),
  { ...baseOptions(), noEmit: true, customConditions: ['@plinth/source'] },
);
const checker = program.getTypeChecker();
const problems: string[] = [];

mkdirSync(SNAPSHOTS, { recursive: true });
for (const each of packages) {
  const actual = [...entriesOf(each)]
    .map(
      ([entry, file]) =>
        `${each.manifest.name}${entry.slice(1)}\n${namesOf(file)
          .map((name) => `  ${name}\n`)
          .join('')}`,
    )
    .join('\n');
  const snapshot = join(SNAPSHOTS, `${each.name}.txt`);
  if (process.argv.includes('--update')) writeFileSync(snapshot, actual);
  else compare(each.name, existsSync(snapshot) ? readFileSync(snapshot, 'utf8') : '', actual);
}
report(problems, 'exported names');

function namesOf(file: string): readonly string[] {
  const source = program.getSourceFile(file);
  const symbol = source && checker.getSymbolAtLocation(source);
  if (!source || !symbol) {
    problems.push(`${relative(ROOT, file)} is listed in package.json but exports nothing.`);
    return [];
  }
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && !statement.exportClause)
      problems.push(`${relative(ROOT, file)} has a wildcard export: list the names.`);
  }
  return checker
    .getExportsOfModule(symbol)
    .map((exported) => describe(exported, file))
    .sort((a, b) => (a < b ? -1 : 1));
}

function describe(exported: ts.Symbol, file: string): string {
  const typeOnly =
    exported.declarations?.some((each) => ts.isExportSpecifier(each) && (each.isTypeOnly || each.parent.parent.isTypeOnly)) ?? false;
  const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const home = target.declarations?.[0]?.getSourceFile().fileName ?? '';
  if (home.includes('/src/internal/'))
    problems.push(
      `${relative(ROOT, file)} exports ${exported.name} from ${relative(ROOT, home)}: what is under src/internal/ is never exported.`,
    );
  return `${exported.name}: ${kindOf(target, typeOnly)}`;
}

function kindOf({ flags }: ts.Symbol, typeOnly: boolean): string {
  if (flags & ts.SymbolFlags.Class) return typeOnly ? 'type (class)' : 'class';
  if (flags & ts.SymbolFlags.Value && !typeOnly) return flags & ts.SymbolFlags.Function ? 'function' : 'value';
  return flags & ts.SymbolFlags.Interface ? 'interface' : 'type';
}

function compare(name: string, expected: string, actual: string): void {
  const before = new Set(expected.split('\n'));
  const after = new Set(actual.split('\n'));
  for (const line of after)
    if (!before.has(line))
      problems.push(`@plinth/${name}: "${line.trim()}" is new. If it is meant: node scripts/check-exports.ts --update`);
  for (const line of before)
    if (!after.has(line))
      problems.push(`@plinth/${name}: "${line.trim()}" is gone. If it is meant: node scripts/check-exports.ts --update`);
}

function baseOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), ts.sys.readFile) as { config: object };
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}
