import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const app = fileURLToPath(new URL('./fixtures/heap-app.ts', import.meta.url));

async function ask<T>(child: ChildProcess, question?: string): Promise<T> {
  const answer = once(child, 'message');
  if (question !== undefined) child.send(question);
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the service ended with ${String(code)}`)));
  return ((await Promise.race([answer, ended])) as [T])[0];
}

/** Every kind of request there is, in one piece, and how many answers it must bring. */
const BATCH: readonly string[] = [
  'GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /slow/7?n=3 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":"b"}',
  'POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":125}',
  'GET /mine HTTP/1.1\r\nHost: localhost\r\nX-User: ada\r\n\r\n',
  'GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'HEAD /plain HTTP/1.1\r\nHost: localhost\r\n\r\n',
];

/** Sends requests over one connection after the other until `requests` were answered. */
async function client(port: number, requests: number): Promise<void> {
  for (let left = requests; left > 0; left -= BATCH.length * 50) {
    const socket = connect(port, '127.0.0.1');
    for (let round = 0; round < 50 && left > 0; round++) {
      socket.write(BATCH.join(''));
      let answers = 0;
      for (let rest = ''; answers < BATCH.length;) {
        const [chunk] = (await once(socket, 'data')) as [Buffer];
        const text = rest + chunk.toString('latin1');
        answers += text.split('HTTP/1.1 ').length - 1;
        rest = text.slice(-8).includes('HTTP/1.1 ') ? '' : text.slice(-8);
      }
    }
    socket.destroy();
  }
}

async function load(port: number, requests: number): Promise<void> {
  await Promise.all(Array.from({ length: 32 }, () => client(port, requests / 32)));
}

test('the heap after a collection grows by less than 5 MB between 200,000 and 1,000,000 requests', async () => {
  const child = fork(app, [], {
    execArgv: ['--expose-gc', '--import', '@oxc-node/core/register', '-C', '@plinth/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    const { port } = await ask<{ port: number }>(child);
    await load(port, 200_000);
    const before = (await ask<{ heap: number }>(child, 'heap')).heap;
    await load(port, 800_000);
    const after = (await ask<{ heap: number }>(child, 'heap')).heap;
    console.log(
      `heap after a collection: ${(before / 1e6).toFixed(1)} MB after 200,000 requests, ${(after / 1e6).toFixed(1)} MB after 1,000,000`,
    );
    expect(after - before).toBeLessThan(5e6);
  } finally {
    child.kill('SIGKILL');
  }
});
