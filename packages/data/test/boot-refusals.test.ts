import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BootError, createApp, Module } from '@plinth/core';
import { DataModule } from '@plinth/data';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-boot-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pauses = async (url: string) => {
  @Module({ imports: [DataModule.with({ url })] })
  class Root {}
  const waits = vi.spyOn(globalThis, 'setTimeout');
  try {
    const error = await createApp(Root, { env: { LOG_LEVEL: 'fatal' }, envFile: false }).catch((reason: unknown) => reason as BootError);
    return { problems: (error as BootError).problems, tries: waits.mock.calls.filter(([, ms]) => ms === 500).length + 1 };
  } finally {
    waits.mockRestore();
  }
};

test('a file that is no database stops the boot at once, with the reason; a server that is not there yet is asked three times', async () => {
  writeFileSync(join(folder, 'letter.db'), 'Dear database, '.repeat(500));
  const file = await pauses(`sqlite:${folder}/letter.db`);
  expect(file.tries).toBe(1);
  expect(file.problems).toMatchObject([{ code: 'DATA_UNREACHABLE_AT_START' }]);
  expect(file.problems[0]!.message).toContain('the file is no SQLite database (SQLITE_NOTADB)');
  expect((await pauses('postgres://nobody@127.0.0.1:1/x')).tries).toBe(3);
});
