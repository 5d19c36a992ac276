import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

test('wrong wirings do not compile and right ones do, under TypeScript 7 and 6', { timeout: 120_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/check-fixtures.mjs', 'core'], { cwd: root });
  expect(stdout).toMatch(/^\d+ type fixtures hold under TypeScript 7 and TypeScript 6\.$/m);
});
