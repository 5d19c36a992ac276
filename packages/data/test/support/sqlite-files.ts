import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, type DatabaseOptions, openDatabase } from '@plinth/data';
import { afterEach, beforeEach } from 'vitest';

/** A folder for the files of each test, and databases in it, which are closed after it. */
export interface SqliteFiles {
  readonly folder: string;
  open(file: string, options?: Omit<DatabaseOptions, 'url'>): Database;
}

export function sqliteFiles(): SqliteFiles {
  let folder = '';
  let opened: Database[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-sqlite-'));
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((db) => db.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    open(file, options = {}) {
      const db = openDatabase({ ...options, url: file === ':memory:' ? 'sqlite::memory:' : `sqlite:${folder}/${file}` });
      opened.push(db);
      return db;
    },
  };
}

/** How to run `fixtures/sqlite-child.ts`: the arguments of Node before those of the script. */
export const sqliteChild: { readonly args: readonly string[]; readonly cwd: string } = {
  args: [
    '--import',
    '@oxc-node/core/register',
    '-C',
    '@plinth/source',
    fileURLToPath(new URL('../fixtures/sqlite-child.ts', import.meta.url)),
  ],
  cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
};

/** The code of the error, or "no error". */
export function codeOf(work: PromiseLike<unknown>): Promise<string> {
  return Promise.resolve(work).then(
    () => 'no error',
    (error: { code: string }) => error.code,
  );
}
