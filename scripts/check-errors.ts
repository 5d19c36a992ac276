// Every error code has a page, every page a code, no code is defined twice, and a test names each.
// docs/reference/errors/README.md lists them all: `--update` writes it from the pages.
// A code is what `defineErrors(PREFIX, {…})` makes (`...PARTS` of it may stand in files of their own), and every literal of its shape in a file named for errors or given as `code`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import ts from 'typescript-6';
import { errorIndex } from './lib/error-index.ts';
import { report } from './lib/report.ts';
import { filesIn, packagesIn, ROOT } from './lib/workspace.ts';

const PAGES = join(ROOT, 'docs', 'reference', 'errors');
const INDEX = 'README.md';
/** What every unknown throw becomes belongs to no package. */
const INTERNAL = 'INTERNAL';

const problems: string[] = [];
const codes = new Map<string, string>([[INTERNAL, 'packages/core']]);
for (const each of packagesIn('packages')) {
  const prefix = `${each.name.toUpperCase().replaceAll('-', '_')}_`;
  for (const file of filesIn(join(each.folder, 'src'), ['.ts'])) if (!/\.test(-[a-z]+)?\.ts$/.test(file)) readCodes(file, prefix);
}

const tests = readTests();
for (const [code, where] of codes) {
  const page = join(PAGES, `${code}.md`);
  if (!existsSync(page)) problems.push(`${code} (${where}) has no page: write docs/reference/errors/${code}.md.`);
  else if (!readFileSync(page, 'utf8').startsWith(`# ${code}\n`))
    problems.push(`docs/reference/errors/${code}.md must begin with the line "# ${code}".`);
  if (!new RegExp(`\\b${code}\\b`).test(tests)) problems.push(`${code} (${where}) is named by no test.`);
}
for (const page of filesIn(PAGES, ['.md'])) {
  const code = basename(page, '.md');
  if (basename(page) !== INDEX && !codes.has(code)) problems.push(`docs/reference/errors/${code}.md is about a code that no package has.`);
}
const index = errorIndex(filesIn(PAGES, ['.md']).filter((page) => basename(page) !== INDEX));
if (process.argv.includes('--update')) writeFileSync(join(PAGES, INDEX), index);
else if (!existsSync(join(PAGES, INDEX)) || readFileSync(join(PAGES, INDEX), 'utf8') !== index)
  problems.push('docs/reference/errors/README.md is not what the pages say: run `pnpm check:errors --update`.');
report(problems, `${codes.size} error codes`);

function readCodes(file: string, prefix: string): void {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const namedForErrors = /(^|-)errors\.ts$/.test(basename(file));
  const shape = new RegExp(`^${prefix}[A-Z0-9]+(_[A-Z0-9]+)*$`);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'defineErrors') readFamily(node, file);
    if (ts.isStringLiteralLike(node) && shape.test(node.text) && (isCode(node) || (namedForErrors && !isFamilyName(node))))
      note(node.text, file);
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/** The family's own definitions, where they stand: its codes are new, so a second definition of one is a mistake. */
function readFamily(call: ts.CallExpression, file: string): void {
  const [prefix, definitions] = call.arguments;
  if (!prefix || !definitions || !ts.isStringLiteral(prefix)) return;
  if (ts.isObjectLiteralExpression(definitions)) readDefinitions(definitions, prefix.text, file);
}

function readDefinitions(object: ts.ObjectLiteralExpression, prefix: string, file: string): void {
  for (const property of object.properties) {
    if (ts.isSpreadAssignment(property)) readPart(property.expression, prefix, file);
    if (!property.name || !ts.isIdentifier(property.name)) continue;
    const code = `${prefix}_${property.name.text}`;
    const other = codes.get(code);
    if (other && other !== relative(ROOT, file)) problems.push(`${code} is defined twice: ${other} and ${relative(ROOT, file)}.`);
    note(code, file);
  }
}

/** `...REQUEST_ERRORS`: definitions in a file of their own, found by the import of their name. */
function readPart(part: ts.Expression, prefix: string, file: string): void {
  const declared = importOf(part.getText(), part.getSourceFile());
  const path = declared && join(dirname(file), declared.replace(/\.js$/, '.ts'));
  const object = path && existsSync(path) ? objectOf(part.getText(), path) : undefined;
  if (path === undefined || object === undefined)
    problems.push(`${relative(ROOT, file)}: ...${part.getText()} must be an object that a file of the package exports, imported by name.`);
  else readDefinitions(object, prefix, path);
}

function importOf(name: string, source: ts.SourceFile): string | undefined {
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const names = statement.importClause?.namedBindings;
    if (names && ts.isNamedImports(names) && names.elements.some((each) => each.name.text === name)) return statement.moduleSpecifier.text;
  }
  return undefined;
}

function objectOf(name: string, file: string): ts.ObjectLiteralExpression | undefined {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: declared, initializer } of statement.declarationList.declarations) {
      if (declared.getText() !== name || initializer === undefined) continue;
      let value: ts.Expression = initializer;
      while (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) value = value.expression;
      if (ts.isObjectLiteralExpression(value)) return value;
    }
  }
  return undefined;
}

function isCode(node: ts.StringLiteralLike): boolean {
  return ts.isPropertyAssignment(node.parent) && node.parent.name.getText() === 'code';
}

function isFamilyName(node: ts.StringLiteralLike): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression.getText() === 'defineErrors';
}

function note(code: string, file: string): void {
  if (!codes.has(code)) codes.set(code, relative(ROOT, file));
}

function readTests(): string {
  const folders = ['packages', 'examples'].flatMap((folder) => packagesIn(folder).map((each) => each.folder));
  const files = folders.flatMap((folder) => [
    ...filesIn(join(folder, 'src'), ['.test.ts']),
    ...filesIn(join(folder, 'test'), ['.ts']),
    ...filesIn(join(folder, 'src', 'testing'), ['.ts']),
  ]);
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}
