import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const programs = path.join(import.meta.dirname, 'programs');

/** A program in a process of its own; by default the worker. */
function runWorker(
  mode: string,
  { env = {}, program = 'worker.ts' }: { readonly env?: Record<string, string>; readonly program?: string } = {},
): {
  output(): string;
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the output holds the text. */
  says(text: string): Promise<void>;
  readonly ended: Promise<number | string>;
} {
  const child = spawn(
    process.execPath,
    ['--import', '@oxc-node/core/register', '-C', '@plinth/source', path.join(programs, program), mode],
    { cwd: root, stdio: 'pipe', env: { ...process.env, ...env } },
  );
  let [output, errors] = ['', ''];
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const check of waiting) check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    output: () => output,
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!output.includes(text)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        child.once('exit', () => reject(new Error(`ended without saying ${text}: ${output}${errors}`)));
      }),
    ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal!))),
  };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s drains and stops the application, and the process ends with 0 [LC-05] [LC-11]',
  async (signal) => {
    const worker = runWorker('');
    await worker.says('running');
    worker.kill(signal);
    expect(await worker.ended).toBe(0);
    expect(worker.output()).toContain(`drains ${signal}\nstops ${signal}\n`);
  },
);

test('a signal repeated at once, as terminals and npm do, counts once; one later ends the process immediately', async () => {
  const worker = runWorker('drains slowly');
  await worker.says('running');
  worker.kill('SIGINT');
  await worker.says('drains');
  worker.kill('SIGINT');
  expect(await worker.ended).toBe(0);
  expect(worker.output()).toContain('stops SIGINT');

  const stuck = runWorker('drains for ever');
  await stuck.says('running');
  stuck.kill('SIGTERM');
  await stuck.says('drains');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const again = performance.now();
  stuck.kill('SIGTERM');
  expect(await stuck.ended).toBe(128 + 15);
  expect(performance.now() - again).toBeLessThan(2_000);
});

test('a refused boot is printed for people, and the process ends with 1 [LC-03]', async () => {
  const worker = runWorker('refused');
  expect(await worker.ended).toBe(1);
  expect(worker.errors()).toMatch(/^The application cannot start: 2 problems\.$/m);
  expect(worker.errors()).toContain('1. CORE_DI_MISSING at Billing (Root), constructor parameter 0 (missing)');
  expect(worker.errors()).toContain('Cure: Add Missing to the providers of Root');
  expect(worker.errors()).not.toContain('    at ');
});

test('what broke while building is printed with its stack, and the process ends with 1 [LC-03]', async () => {
  const worker = runWorker('cannot be built');
  expect(await worker.ended).toBe(1);
  expect(worker.errors()).toContain("Creating 'pool' (Root) failed: bad pool");
  expect(worker.errors()).toMatch(/caused by TypeError: bad pool\n\s+at .*worker\.ts/);
});

test('a failed start is logged, and the process ends with 1 [LC-03]', async () => {
  const worker = runWorker('fails to start');
  expect(await worker.ended).toBe(1);
  expect(worker.output()).toContain('the application did not start');
  expect(worker.output()).toContain('no queue');
});

test('a start that fails with a coded error is printed like a refused boot: code, place, sentence and cure, no stack [LC-03]', async () => {
  const worker = runWorker('has its port taken');
  expect(await worker.ended).toBe(1);
  expect(worker.errors()).toContain(
    'The application cannot start: 1 problem.\n\n  1. WORKER_PORT at Worker.onStart (Root)\n     Port 3000 is taken.\n     Cure: Set PORT.\n',
  );
  expect(worker.output() + worker.errors()).not.toMatch(/ at .*worker\.ts|EADDRINUSE|CORE_APP_START_FAILED/);
});

test('of a start that fails with a coded error, the chain of causes is logged at debug', async () => {
  const worker = runWorker('has its port taken', { env: { LOG_LEVEL: 'debug' } });
  expect(await worker.ended).toBe(1);
  const line = worker
    .output()
    .split('\n')
    .find((one) => one.includes('the application did not start'))!;
  expect(JSON.parse(line)).toMatchObject({ level: 'debug', err: { code: 'CORE_APP_START_FAILED' } });
  expect(line).toContain('EADDRINUSE');
});

test.each([
  ['an unhandled rejection', 'rejects', 'forgotten'],
  ['an uncaught exception', 'throws', 'thrown later'],
])('%s is logged as fatal, the application drains and stops, and the process ends with 1 [LC-13]', async (_name, mode, message) => {
  const worker = runWorker(mode);
  expect(await worker.ended).toBe(1);
  const line = worker
    .output()
    .split('\n')
    .find((one) => one.includes(message))!;
  expect(JSON.parse(line)).toMatchObject({ level: 'fatal', msg: 'uncaught error: the application stops' });
  expect(worker.output().indexOf('stops undefined')).toBeGreaterThan(worker.output().indexOf(message));
});

test('a stop that fails ends the process with 1 [LC-04]', async () => {
  const worker = runWorker('stops badly');
  await worker.says('running');
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(1);
  expect(worker.output()).toContain('cannot close');
});

test('a signal during the boot or the start stops the application as soon as that step is over [LC-07]', async () => {
  const building = runWorker('builds slowly');
  await building.says('building');
  building.kill('SIGTERM');
  expect(await building.ended).toBe(0);
  expect(building.output()).not.toContain('application started');

  const starting = runWorker('starts slowly');
  await starting.says('starting');
  starting.kill('SIGTERM');
  expect(await starting.ended).toBe(0);
  expect(starting.output()).not.toContain('application started');
});

test('an application that is stopped by a call leaves no listener on the process, and lets it end', async () => {
  const worker = runWorker('is stopped by a call');
  expect(await worker.ended).toBe(0);
  expect(worker.output()).toContain('listeners 0 0 0');
});

// In production standard output is written without waiting, so lines are still in memory when the process ends.
test.each([
  ['when the process exits at once', 'exits at once', 3],
  ['after an uncaught error', 'breaks', 1],
  ['when the application is stopped', 'stops itself', 0],
])('no log line is lost %s [LOG-06]', async (_name, mode, code) => {
  const worker = runWorker(mode, { program: 'logs.ts' });
  expect(await worker.ended).toBe(code);
  const lines = worker
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; line?: number; msg: string });
  expect(lines.filter(({ msg }) => msg === 'one of many').map(({ line }) => line)).toEqual(
    Array.from({ length: 500 }, (_, index) => index + 1),
  );
  expect(lines[0]).toMatchObject({ level: 'info', msg: 'application started' });
  if (mode === 'breaks')
    expect(lines.slice(-3)).toMatchObject([
      { level: 'fatal', msg: 'uncaught error: the application stops' },
      { level: 'info', msg: 'application stopping' },
      { level: 'info', msg: 'application stopped', ms: expect.any(Number) as number },
    ]);
});
