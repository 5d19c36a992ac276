import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startChild, type ChildApp } from './support/child-app.js';

let directory: string;
const children: ChildApp[] = [];
beforeEach(async () => (directory = await mkdtemp(path.join(tmpdir(), 'plinth-test-killed-'))));
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
  await rm(directory, { recursive: true, force: true });
});

const start = async (): Promise<ChildApp> => {
  const child = await startChild('upload-app.ts', { UPLOADS: directory });
  children.push(child);
  return child;
};
function upload(child: ChildApp, to: string): Promise<Response> {
  const form = new FormData();
  form.set('data', new Blob(['some text'], { type: 'text/plain' }), 'a.txt');
  return fetch(`${child.url}/${to}`, { method: 'POST', body: form });
}
/** Waits until the folder holds so many files. */
async function files(count: number): Promise<readonly string[]> {
  for (let tries = 0; tries < 400; tries++) {
    const names = await readdir(directory);
    if (names.length === count) return names;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`There are not ${count} files, but: ${(await readdir(directory)).join(', ')}`);
}

test('what a killed process has left is removed by the next start; what lives, was kept or is not ours stays', async () => {
  const [killed, living] = [await start(), await start()];
  const kept = (await (await upload(killed, 'keep')).json()) as string;
  upload(killed, 'hold').catch(() => undefined);
  await files(2);
  const [left] = (await readdir(directory)).filter((name) => name !== kept);
  upload(living, 'hold').catch(() => undefined);
  await files(3);
  const [alive] = (await readdir(directory)).filter((name) => name !== kept && name !== left);
  // Of another machine, or another container: nobody here can tell whether its process lives.
  const elsewhere = left!.replace(/_[0-9a-f]{16}-/, '_0123456789abcdef-');
  // A process id that came again: the same number, another start.
  const again = alive!.replace(/-(\d+)_/, '-1_');
  const theirs = ['theirs.txt', '.plinth-upload_', '.plinth-upload_x_y', elsewhere];
  for (const name of [...theirs, again]) await writeFile(path.join(directory, name), 'x');
  killed.process.kill('SIGKILL');
  await killed.ended;
  expect(await readdir(directory)).toHaveLength(8);
  await start();
  const swept = process.platform === 'linux' ? [left, again] : [left];
  expect(new Set(await files(8 - swept.length))).toEqual(new Set([kept, alive, ...theirs, ...(swept.includes(again) ? [] : [again])]));
  expect(await readFile(path.join(directory, kept), 'utf8')).toBe('some text');
}, 60_000);

test('the line of the log that says that an application stops counts the requests under way [LC-08]', async () => {
  const child = await startChild('upload-app.ts', { UPLOADS: directory, HTTP_DRAIN: '100ms' });
  children.push(child);
  const held = [1, 2, 3].map(() => upload(child, 'hold').catch(() => undefined));
  await files(3);
  child.process.kill('SIGINT');
  await Promise.all([...held, child.ended]);
  const lines = child.errors().trim().split('\n');
  const line = lines.map((text) => JSON.parse(text) as { msg: string }).find(({ msg }) => msg === 'application stopping');
  expect(line).toMatchObject({ level: 'info', signal: 'SIGINT', inFlight: 3 });
});
