import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { breachedPasswordsIn, buildPasswordFilter, Passwords } from '@plinth/auth';
import { startAuth } from './support.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-filter-'));
});
afterAll(() => rm(folder, { recursive: true }));

const sha1 = (plain: string) => createHash('sha1').update(plain).digest('hex').toUpperCase();
const breached = (count: number) => Array.from({ length: count }, (_, number) => `breached password ${number}`);
const linesOf = (plains: readonly string[]) => plains.map((plain) => `${sha1(plain)}:3`).sort();

test('every password of the list is found, and of others at most one in 5,000 at 20 bits each [AU-09]', async () => {
  const file = join(folder, 'breached.bin');
  const plains = breached(50_000);
  const built = await buildPasswordFilter({ lines: linesOf(plains), file, entries: plains.length });
  expect(built).toEqual({ entries: 50_000, bytes: (await readFile(file)).length });
  expect(built.bytes).toBeLessThan(50_000 * 2.6);
  await using app = await startAuth({ passwords: { breached: breachedPasswordsIn(file) } });
  const passwords = app.get(Passwords);
  const isRefused = async (plain: string) => {
    const error: unknown = await passwords.check(plain).catch((thrown: unknown) => thrown);
    if (error !== undefined) expect(error).toMatchObject({ code: 'AUTH_PASSWORD_BREACHED' });
    return error !== undefined;
  };
  for (let number = 0; number < 50_000; number += 25) expect(await isRefused(plains[number]!)).toBe(true);
  let wrong = 0;
  for (let number = 0; number < 20_000; number += 1) if (await isRefused(`password of nobody ${number}`)) wrong += 1;
  expect(wrong).toBeLessThanOrEqual(8);
}, 120_000);

test('lines come from anywhere, one at a time, and equal ones count once', async () => {
  const file = join(folder, 'stream.bin');
  const lines = linesOf(breached(100));
  async function* twice() {
    for (const line of lines) yield* [line.toLowerCase(), line];
  }
  expect((await buildPasswordFilter({ lines: twice(), file, entries: 100 })).entries).toBe(100);
});

test.each([
  ['a line without a hash', ['not a hash'], 100, 'line 1 of its source has no SHA-1 hash'],
  ['a hash that is cut', [sha1('a').slice(0, 39)], 100, 'line 1 of its source has no SHA-1 hash'],
  ['lines out of order', linesOf(breached(3)).reverse(), 100, 'line 2 of its source is out of order'],
  ['no entries', [], 0, 'entries must be'],
])('%s cannot be built into a filter, and what was begun is none', async (_, lines, entries, reason) => {
  const file = join(folder, 'unbuilt.bin');
  const error: unknown = await buildPasswordFilter({ lines, file, entries }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'AUTH_PASSWORD_FILTER', message: expect.stringContaining(reason) });
  await expect(startAuth({ passwords: { breached: breachedPasswordsIn(file) } })).rejects.toThrow(/password filter/);
});

test('a file that is missing, cut, or something else stops the start', async () => {
  const file = join(folder, 'cut.bin');
  await buildPasswordFilter({ lines: linesOf(breached(1_000)), file, entries: 1_000 });
  await truncate(file, 1_000);
  const other = join(folder, 'other.bin');
  await writeFile(other, 'x'.repeat(10_000));
  const empty = join(folder, 'empty.bin');
  await writeFile(empty, '');
  for (const each of [file, other, empty, join(folder, 'missing.bin')]) {
    const error: unknown = await startAuth({ passwords: { breached: breachedPasswordsIn(each) } }).catch((thrown: unknown) => thrown);
    expect(String(error), each).toContain(each);
  }
});
