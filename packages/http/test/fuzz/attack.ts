import { connect } from 'node:net';
import { expect } from 'vitest';
import type { Target } from '../hostile/server.js';
import { readAnswers, type WireAnswer } from '../hostile/wire.js';
import { mutated, randomFrom } from './mutate.js';

/** Connections at the same time. */
const WIDTH = 40;
/** Milliseconds of silence after which nothing more is awaited: longer than the slowest route takes. */
const QUIET = 150;

/** Sends `count` mutated requests from a seed on, and checks what comes of each; whatever fails says which seed it was. */
export async function attack(server: Target, seed: number, count: number): Promise<void> {
  let next = seed;
  const worker = async (): Promise<void> => {
    while (next < seed + count) {
      const own = next++;
      const pieces = mutated(randomFrom(own));
      check(own, pieces.join(''), await receive(server.port, pieces));
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  expect(server.reached).toBe(0);
  expect(server.logs.filter((line) => 'err' in line)).toEqual([]);
  expect(await (await fetch(`${server.url}/ok`)).text()).toBe('ok');
}

function receive(port: number, pieces: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', async () => {
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) await new Promise((done) => setTimeout(done, 2));
        if (!socket.destroyed) socket.write(Buffer.from(piece, 'latin1'));
      }
    });
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    let timer = setTimeout(end, QUIET);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(end, QUIET);
    });
    socket.on('error', () => {});
    socket.on('close', end);
  });
}

function check(seed: number, sent: string, text: string): void {
  const where = `seed ${seed}: ${JSON.stringify(sent.slice(0, 2000))}\n${text.slice(0, 4000)}`;
  const { answers, rest, fault } = readAnswers(text);
  expect({ rest, fault }, where).toEqual({ rest: '', fault: undefined });
  // Each answer has a request line, or is the one to what was none.
  expect(answers.length, where).toBeLessThanOrEqual((sent.match(/HTTP\/|\b[A-Z]{3,} /g)?.length ?? 0) + 1);
  for (const [index, answer] of answers.entries()) {
    const last = index === answers.length - 1;
    // Behind an answer that ends the connection there is none.
    if (!last) expect(answer.headers['connection'], where).not.toBe('close');
    checkOne(answer, where);
  }
}

function checkOne({ status, headers, body }: WireAnswer, where: string): void {
  expect([200, 204, 400, 401, 404, 405, 408, 413, 414, 415, 417, 421, 422, 431, 501, 505], where).toContain(status);
  expect(headers['x-content-type-options'], where).toBe('nosniff');
  if (status < 400) return;
  expect(headers['content-type'], where).toBe('application/problem+json; charset=utf-8');
  expect(headers['cache-control'], where).toBe('no-store');
  expect(JSON.parse(body), where).toMatchObject({ status, code: expect.stringMatching(/^HTTP_/) as string });
  expect(body, where).not.toMatch(/node_modules|\.ts:|\.js:|node:|"stack"/);
}
