import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describeDialect } from '@plinth/data/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

const start = async (DATABASE_URL: string) => {
  const app = fileURLToPath(new URL('./fixtures/payments-app.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', '@oxc-node/core/register', '-C', '@plinth/source', app], {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    env: { ...process.env, DATABASE_URL },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const died = once(child, 'exit').then(() => {
    throw new Error('The service did not start.');
  });
  died.catch(() => undefined);
  const [line] = (await Promise.race([once(child.stdout, 'data'), died])) as [Buffer];
  return { child, url: line.toString().trim() };
};
const pay = (url: string, key: string, die?: string) =>
  fetch(url, {
    method: 'POST',
    body: '{"amount":5}',
    headers: { 'content-type': 'application/json', 'idempotency-key': key, ...(die !== undefined && { 'x-die': die }) },
  });

// Where each composition could lose or double something; a start takes a while.
const plan = {
  plain: ['before the write', 'after the write', 'after the commit'],
  inside: ['after the write'],
  around: ['after the write', 'after the commit'],
};

await describeDialect('a process that is killed', { describe, test, beforeAll, afterAll }, (suite) => {
  test('wherever it is killed, the repeat has the effect once', async () => {
    let running = await start(suite.database.url);
    let made = 0;
    for (const [path, stages] of Object.entries(plan))
      for (const stage of stages) {
        const key = `${path} ${stage}`.replaceAll(' ', '-');
        await expect(pay(`${running.url}/${path}`, key, stage), key).rejects.toThrow();
        if (running.child.exitCode === null && running.child.signalCode === null) await once(running.child, 'exit');
        running = await start(suite.database.url);
        const again = await pay(`${running.url}/${path}`, key);
        expect(again.status, key).toBe(201);
        const committed = stage === 'after the commit';
        expect(again.headers.get('idempotency-replayed'), key).toBe(committed ? 'true' : null);
        made++;
        expect(await (await fetch(`${running.url}/count`)).text(), key).toBe(String(made));
      }
  }, 300_000);
});
