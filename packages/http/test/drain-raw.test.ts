import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { get, post } from '@plinth/http';
import { startChild } from './support/child-app.js';
import { RawClient, type RawOutcome } from './support/raw-client.js';
import { serve } from './support/serve.js';

const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const postHead = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
let ids = 0;
const next = () => `r${ids++}`;

/** One request after the other on one connection. */
async function keepAlive(client: RawClient): Promise<void> {
  for (let count = 1; !client.closing; count++) {
    const id = next();
    client.write(head(`/${count % 2 === 0 ? 'now' : 'later'}/${id}`), id);
    await client.until(count);
  }
}

/** Four at once, and the next four when they are answered. */
async function pipelined(client: RawClient): Promise<void> {
  for (let count = 4; !client.closing; count += 4) {
    const four = [next(), next(), next(), next()];
    client.write(four.map((id) => head(`/later/${id}`)).join(''), ...four);
    await client.until(count);
  }
}

/** Heads that come in two pieces. */
async function halfHeads(client: RawClient): Promise<void> {
  for (let count = 1; !client.closing; count++) {
    const id = next();
    const text = head(`/now/${id}`);
    client.write(text.slice(0, 20));
    await sleep(10);
    client.write(text.slice(20), id);
    await client.until(count);
  }
}

/** Bodies that come in two pieces. */
async function halfBodies(client: RawClient): Promise<void> {
  for (let count = 1; !client.closing; count++) {
    const id = next();
    // The server has read a whole head: it owes an answer.
    client.write(`${postHead(`/body/${id}`, 12)}{"a"`, id);
    await sleep(20);
    // Not through `write`, which stops once the end is announced: what was begun is finished.
    if (client.socket.writable) client.socket.write(': 12345}');
    await client.until(count);
  }
}

const kinds = { keepAlive, pipelined, halfHeads, halfBodies };
type Kind = keyof typeof kinds;
const EACH = 12;

interface Told extends RawOutcome {
  readonly kind: Kind | 'idle' | 'fresh';
}

/** Clients of every kind, a server that is stopped while they send, and what became of them. */
async function stopUnderLoad(port: number, stop: () => Promise<unknown>): Promise<readonly Told[]> {
  const clients: { readonly kind: Told['kind']; readonly client: RawClient }[] = [];
  const work: Promise<void>[] = [];
  const open = async (kind: Told['kind']): Promise<RawClient> => {
    const client = new RawClient(port);
    clients.push({ kind, client });
    await client.connected;
    return client;
  };
  for (const [kind, run] of Object.entries(kinds) as [Kind, (client: RawClient) => Promise<void>][])
    for (let count = 0; count < EACH; count++) work.push(open(kind).then(run));
  // Idle after a request, and without ever having sent one.
  for (let count = 0; count < EACH; count++) {
    const client = await open('idle');
    const id = next();
    client.write(head(`/now/${id}`), id);
    await client.until(1);
    await open('fresh');
  }
  await sleep(400);
  await stop();
  await Promise.all(work);
  return Promise.all(clients.map(async ({ kind, client }) => ({ kind, ...(await client.ended) })));
}

/** What went wrong: connections that were reset, answers that were cut or another's, requests that were handled and not answered. */
function faults(outcomes: readonly Told[], handled: Iterable<string>): readonly string[] {
  const answered = new Set(outcomes.flatMap(({ answers }) => answers.map(idOf)));
  return [
    ...outcomes.flatMap(({ kind, sent, answers, rest, error }) => [
      ...(error === undefined ? [] : [`${kind}: ${error} after ${answers.length} of ${sent.length}`]),
      ...(rest === '' ? [] : [`${kind}: half an answer`]),
      ...answers.filter((answer, index) => idOf(answer) !== sent[index]).map((answer) => `${kind}: ${answer}`),
    ]),
    ...[...handled].filter((id) => !answered.has(id)).map((id) => `${id} was handled and not answered`),
  ];
}

function idOf(answer: string): string {
  return answer.replaceAll('"', '');
}

describe('no reset of a request that the server had begun to read', () => {
  test.each([1, 2, 3])('when an application is stopped under raw connections of every kind, round %i [LC-08]', async () => {
    const seen = new Set<string>();
    const pause = (id: string) => sleep(5 + Math.random() * 30).then(() => id);
    const params = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;
    const contract = { open: true, params, returns: { type: 'string' } } as const;
    const note = (id: string): string => {
      seen.add(id);
      return id;
    };
    const server = await serve({
      routes: [
        get('/now/:id', contract, (context) => note(context.params.id)),
        get('/later/:id', contract, (context) => pause(note(context.params.id))),
        post('/body/:id', { ...contract, body: { type: 'object', properties: { a: {} } } }, (context) => pause(note(context.params.id))),
      ],
      env: { HTTP_GRACE: '300ms' },
      http: { requestLog: false, overload: false },
    });
    const outcomes = await stopUnderLoad(server.port, () => server.app.stop('SIGTERM'));
    expect(faults(outcomes, seen)).toEqual([]);
    expect(seen.size).toBeGreaterThan(EACH * 10);
  });

  test('when a process gets SIGTERM under raw connections of every kind [LC-08]', async () => {
    const child = await startChild('draining-app.ts', { HTTP_GRACE: '300ms' });
    let told = '';
    child.process.stdout?.on('data', (chunk) => (told += String(chunk)));
    const outcomes = await stopUnderLoad(Number(new URL(child.url).port), async () => {
      child.process.kill('SIGTERM');
      expect(await child.ended).toBe(0);
    });
    const handled = told.trim().split('\n');
    expect(faults(outcomes, handled)).toEqual([]);
    expect(handled.length).toBeGreaterThan(EACH * 10);
    expect(child.errors()).toBe('');
  }, 30_000);
});
