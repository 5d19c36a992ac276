import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkIndex, checkLinks } from './check-links.ts';

const folder = mkdtempSync(join(tmpdir(), 'plinth-links-'));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a link to a missing file, or to a missing heading, is told with its line', () => {
  const page = write('a.md', 'See [b](b.md), [c](c.md)\nand [its end](b.md#the-end-of-b), [nowhere](b.md#start), [here](#a).\n');
  write('b.md', '# B\n\n## The `end` of B\n');
  expect(checkLinks([page]).map((problem) => problem.replace(/^.*a\.md:/, ''))).toEqual([
    '1: the link to c.md leads to no file.',
    '2: the link to b.md#start leads to no heading.',
    '2: the link to #a leads to no heading.',
  ]);
});

test('links of other sites, in code and in code blocks are passed over; a link around code is not', () => {
  const page = write('a.md', '[x](https://example.com/) `[y](y.md)`\n\n```ts\n// [z](z.md)\n```\n\n[`q`](q.md), [`r`](r.md)\n');
  expect(checkLinks([page]).map((problem) => problem.replace(/^.*a\.md:/, ''))).toEqual([
    '7: the link to q.md leads to no file.',
    '7: the link to r.md leads to no file.',
  ]);
});

test('a repeated heading gets a number, a file name of other letter case is no file', () => {
  const page = write('a.md', '# A\n## Cure\n## Cure\n[1](#cure-1) [2](#cure-2) [3](A.md)\n');
  expect(checkLinks([page])).toHaveLength(2);
});

test('an index answers for the pages of a folder whose own index it links to', () => {
  const index = write('README.md', '[a](a.md) [errors](errors/README.md)\n');
  const pages = [
    index,
    write('a.md', ''),
    write('b.md', ''),
    write('errors/README.md', '[X](X.md)\n'),
    write('errors/X.md', ''),
    write('errors/Y.md', ''),
  ];
  expect(checkIndex(index, pages).map((problem) => problem.replace(/^.* does not/, 'does not'))).toEqual([
    'does not link to b.md.',
    'does not link to errors/Y.md.',
  ]);
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}
