import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describeDialect } from '@plinth/data/testing';
import { createHttpRateLimits } from '@plinth/http/data';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

function start(url: string, takers: number): { ready: Promise<void>; go(): void; taken: Promise<number> } {
  const program = fileURLToPath(new URL('./fixtures/take-many.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', '-C', '@plinth/source', program], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, DATABASE_URL: url, TAKERS: String(takers) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.push(child);
  let [text, errors] = ['', ''];
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const ended = new Promise<never>((_resolve, reject) => child.once('close', () => reject(new Error(`It ended: ${text} ${errors}`))));
  ended.catch(() => undefined);
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text);
        if (found !== null) resolve(found[0]);
      };
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
        look();
      });
      ended.catch(reject);
      look();
    });
  return { ready: line(/ready/).then(() => undefined), go: () => void child.stdin.write('go\n'), taken: line(/^\d+$/m).then(Number) };
}

await describeDialect('a limit in SQL', { describe, test, beforeAll, afterAll }, (suite) => {
  test('gives two processes with fifty takers each what one limit has, and no more', async () => {
    // A database in memory belongs to one process.
    if (suite.database.url.includes(':memory:')) return;
    const database = suite.database.open({ migrations: [createHttpRateLimits] });
    await database.migrate.up();
    await database.close();
    const both = [start(suite.database.url, 50), start(suite.database.url, 50)];
    await Promise.all(both.map(({ ready }) => ready));
    for (const { go } of both) go();
    const [first = 0, second = 0] = await Promise.all(both.map(({ taken }) => taken));
    expect(first + second).toBe(30);
  }, 60_000);
});
