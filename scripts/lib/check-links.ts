import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './workspace.ts';

/** The relative links of the pages that lead nowhere: no such file or folder, or no heading of that name on the page. One sentence each. */
export function checkLinks(pages: readonly string[]): readonly string[] {
  return pages.flatMap((page) =>
    readLinks(page).flatMap(({ line, target }) => checkLink(page, target).map((problem) => `${relative(ROOT, page)}:${line}: ${problem}`)),
  );
}

/** The pages of `folder` that its index page neither links to nor links to by their folder. */
export function checkIndex(index: string, pages: readonly string[]): readonly string[] {
  const linked = new Set(readLinks(index).map(({ target }) => resolve(dirname(index), withoutAnchor(target))));
  const isListed = (page: string): boolean => page === index || linked.has(page) || linkedIndex(linked, page) !== undefined;
  return pages
    .filter((page) => !isListed(page))
    .map((page) => `${relative(ROOT, index)} does not link to ${relative(dirname(index), page)}.`);
}

/** A folder with an index of its own answers for its pages. */
function linkedIndex(linked: ReadonlySet<string>, page: string): string | undefined {
  const own = join(dirname(page), 'README.md');
  return linked.has(own) && readLinks(own).some(({ target }) => resolve(dirname(own), withoutAnchor(target)) === page) ? own : undefined;
}

interface Link {
  readonly line: number;
  readonly target: string;
}

function readLinks(page: string): readonly Link[] {
  return proseLines(page).flatMap((text, index) =>
    [...text.matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, target = '']) => ({ line: index + 1, target }))
      .filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target)),
  );
}

function checkLink(page: string, target: string): readonly string[] {
  const path = withoutAnchor(target);
  const anchor = target.slice(path.length + 1);
  const file = path === '' ? page : resolve(dirname(page), path);
  if (!existsSync(file) || !hasExactName(file)) return [`the link to ${target} leads to no file.`];
  if (anchor === '') return [];
  if (statSync(file).isDirectory() || !anchorsOf(file).has(anchor)) return [`the link to ${target} leads to no heading.`];
  return [];
}

/** File systems that ignore letter case would hide a link that breaks elsewhere. */
function hasExactName(file: string): boolean {
  return file === ROOT || readdirSync(dirname(file)).includes(file.slice(dirname(file).length + 1));
}

function withoutAnchor(target: string): string {
  return target.split('#')[0] ?? '';
}

/** As GitHub makes them: lower case, punctuation dropped, spaces as hyphens, a number behind repeated ones. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of proseLines(page, true)) {
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const name = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    let anchor = name;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${name}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The lines of a page; those of code blocks are empty, and code in backticks is left out unless asked for. */
function proseLines(page: string, withCode = false): readonly string[] {
  let fence: string | undefined;
  return readFileSync(page, 'utf8')
    .split('\n')
    .map((line) => {
      const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
      if (fence === undefined && mark === undefined) return withCode ? line : line.replace(/`[^`]*`/g, '');
      if (fence === undefined) fence = mark;
      else if (mark !== undefined && mark.startsWith(fence)) fence = undefined;
      return '';
    });
}
