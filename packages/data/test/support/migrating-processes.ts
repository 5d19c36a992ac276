import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DialectName } from '@plinth/data';
import { createTestDatabase } from '@plinth/data/testing';
import type { Answer, Order } from '../fixtures/migrate-child.js';

const child = fileURLToPath(new URL('../fixtures/migrate-child.ts', import.meta.url));

/** Starts a process that migrates when it is told to. */
export async function startMigrating(): Promise<ChildProcess> {
  const started = fork(child, [], {
    cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
    execArgv: ['--import', '@oxc-node/core/register', '-C', '@plinth/source'],
  });
  await nextAnswer(started);
  return started;
}

/** Starts many of them, a few at a time: they compile the package's sources. */
export async function startMany(count: number): Promise<ChildProcess[]> {
  const started: ChildProcess[] = [];
  while (started.length < count)
    started.push(...(await Promise.all(Array.from({ length: Math.min(4, count - started.length) }, startMigrating))));
  return started;
}

/** Tells a process what to do, and waits for what it says then. */
export async function order(process: ChildProcess, what: Order): Promise<Answer> {
  const answer = nextAnswer(process);
  process.send(what);
  return answer;
}

function nextAnswer(process: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the process ended (${code})`));
    process.once('exit', ended);
    process.once('message', (message) => {
      process.off('exit', ended);
      resolve(message as Answer);
    });
  });
}

/** What a round came to. */
export interface Outcome {
  readonly failed: readonly Answer[];
  /** What the processes applied, all together. */
  readonly applied: readonly string[];
  /** Rows that the migrations inserted. */
  readonly rows: number;
}

/** What it must come to: all succeed, and each migration is applied once. */
export const once: Outcome = { failed: [], applied: ['001', '002'], rows: 1 };

/** One round: all of them migrate an empty database together. */
export async function race(processes: readonly ChildProcess[], dialect: DialectName): Promise<Outcome> {
  const database = await createTestDatabase(dialect);
  try {
    const answers = await Promise.all(processes.map((process) => order(process, { url: database.url, mode: 'race' })));
    const [row] = await database.open().sql<{ n: number | string }>`select count(*) as n from first_table`;
    return {
      failed: answers.filter((answer) => 'failed' in answer),
      applied: answers.flatMap((answer) => ('applied' in answer ? answer.applied : [])).toSorted(),
      rows: Number(row!.n),
    };
  } finally {
    await database.drop();
  }
}
