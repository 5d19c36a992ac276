// Compiles the ```ts blocks of every README.md and of docs/**, each as a module of its own against the sources of the packages.
// A block marked `no-check` is passed over; blocks with `file=` belong to a tutorial, which check-tutorial runs as a whole.
// Relative links must lead to a file and a heading that exist, and docs/README.md to every page of docs/.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkIndex, checkLinks } from './lib/check-links.ts';
import { type Block, readBlocks } from './lib/read-blocks.ts';
import { report } from './lib/report.ts';
import { run } from './lib/run.ts';
import { filesIn, packagesIn, ROOT } from './lib/workspace.ts';

const WORK = join(ROOT, '.tools', 'docs');

const pages = [
  ...['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'SECURITY.md'].map((name) => join(ROOT, name)),
  ...['packages', 'examples', 'bench'].flatMap((folder) => packagesIn(folder).map((each) => join(each.folder, 'README.md'))),
  ...filesIn(join(ROOT, 'docs'), ['.md']),
].filter((page) => existsSync(page));
const blocks = pages
  .flatMap(readBlocks)
  .filter(({ language, words }) => (language === 'ts' || language === 'typescript') && !words.has('no-check') && !words.has('file'));

rmSync(WORK, { recursive: true, force: true });
mkdirSync(WORK, { recursive: true });
linkLibraries();
writeFileSync(join(WORK, 'package.json'), '{ "private": true, "type": "module" }\n');
writeFileSync(
  join(WORK, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      allowImportingTsExtensions: true,
      customConditions: ['@plinth/source'],
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: ['*.ts'],
  }),
);
for (const block of blocks) writeFileSync(join(WORK, moduleName(block)), moduleText(block));
// The root module of the reader's own project, which a configuration names.
mkdirSync(join(WORK, 'src'));
writeFileSync(join(WORK, 'src', 'app.module.ts'), 'export class AppModule {}\n');

const { code, output } =
  blocks.length > 0
    ? await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', WORK, '--pretty', 'false'], { cwd: WORK })
    : { code: 0, output: '' };
const docs = join(ROOT, 'docs');
const problems = [
  ...(code === 0 ? [] : ofPages(output)),
  ...checkLinks(pages),
  ...checkIndex(join(docs, 'README.md'), filesIn(docs, ['.md'])),
];
report(problems, `${blocks.length} code blocks of ${pages.length} pages`);

/** Blank lines before the block make the compiler's line numbers those of the page. */
function moduleText(block: Block): string {
  return `${'\n'.repeat(block.line - 1)}${block.text}\nexport {};\n`;
}

function moduleName(block: Block): string {
  return `${relative(ROOT, block.file).replaceAll(/[/\\]/g, '__').replace(/\.md$/, '')}__${block.line}.ts`;
}

/** A mistake in a package's own source is another check's to report; indented lines belong to the line before them. */
function ofPages(printed: string): readonly string[] {
  const messages = printed.trimEnd().split(/\n(?=\S)/);
  return messages.filter((message) => !message.startsWith('..')).map(withPage);
}

function withPage(line: string): string {
  const block = blocks.find((each) => line.startsWith(`${moduleName(each)}(`));
  return block ? line.replace(moduleName(block), relative(ROOT, block.file)) : line;
}

/** A reader of the docs has installed what the block imports: here that is whatever any package of the workspace has. */
function linkLibraries(): void {
  for (const each of packagesIn('packages')) link(each.folder, each.manifest.name);
  for (const each of [...packagesIn('packages'), ...packagesIn('examples'), { folder: ROOT }]) {
    const modules = join(each.folder, 'node_modules');
    if (!existsSync(modules)) continue;
    for (const name of readdirSync(modules)) {
      if (name.startsWith('.') || name === '@plinth') continue;
      if (name.startsWith('@'))
        for (const scoped of readdirSync(join(modules, name))) link(join(modules, name, scoped), `${name}/${scoped}`);
      else link(join(modules, name), name);
    }
  }
}

function link(target: string, name: string): void {
  const at = join(WORK, 'node_modules', name);
  if (existsSync(at)) return;
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(target, at, 'junction');
}
