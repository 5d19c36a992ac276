import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readBlocks } from './read-blocks.ts';

function page(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-blocks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'page.md'), text);
  return join(folder, 'page.md');
}

test('a block is read with its language, its words and the line of its first line of code', () => {
  const [block] = readBlocks(page('# Title\n\n```ts file=src/a.ts no-check\nconst a = 1;\n```\n'));
  expect(block).toMatchObject({ language: 'ts', line: 4, text: 'const a = 1;' });
  expect([...(block?.words ?? [])]).toEqual([
    ['file', 'src/a.ts'],
    ['no-check', ''],
  ]);
});

test('the indentation of a block in a list is taken off', () => {
  expect(readBlocks(page('1. First\n\n   ```sh\n   npm test\n     x\n   ```\n'))[0]?.text).toBe('npm test\n  x');
});

test('a fence inside a longer fence belongs to the text', () => {
  expect(readBlocks(page('````md\n```ts\n```\n````\n')).map((block) => block.language)).toEqual(['md']);
});
