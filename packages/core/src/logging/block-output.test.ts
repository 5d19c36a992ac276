import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BlockOutput } from './block-output.js';

function record() {
  const written: string[] = [];
  const flushed: string[] = [];
  const output = new BlockOutput({
    write: (block) => void written.push(block),
    flush: (done) => (flushed.push('flush'), done?.()),
    flushSync: () => void flushed.push('flushSync'),
  });
  return { written, flushed, output };
}

test('lines are written in blocks, whole and in order', () => {
  const { written, output } = record();
  const lines = Array.from({ length: 2000 }, (_, index) => `line ${index} ${'x'.repeat(50)}\n`);
  for (const line of lines) output.write(line);
  expect(written.length).toBeGreaterThan(3);
  expect(written.length).toBeLessThan(20);
  for (const block of written) expect(block.endsWith('\n')).toBe(true);
  output.flushSync();
  expect(written.join('')).toBe(lines.join(''));
});

test('a line does not wait long for others', async () => {
  const { written, output } = record();
  output.write('a\n');
  expect(written).toEqual([]);
  await sleep(300);
  expect(written).toEqual(['a\n']);
  await sleep(300);
  output.write('b\n');
  await sleep(300);
  expect(written).toEqual(['a\n', 'b\n']);
});

test('a flush passes on what there is first, and calls back', async () => {
  const { written, flushed, output } = record();
  output.write('a\n');
  await new Promise<void>((resolve) => output.flush(() => resolve()));
  output.write('b\n');
  output.flushSync();
  expect(written).toEqual(['a\n', 'b\n']);
  expect(flushed).toEqual(['flush', 'flushSync']);
});
