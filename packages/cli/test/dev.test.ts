import { connect } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { APP_MODULE, createProject, type Running } from './support/project.js';

vi.setConfig({ testTimeout: 60_000 });

const listening = /"url":"(http:[^"]+)"/;

/** The address of the next start, from an offset of the output on. */
async function addressOf(running: Running, from = 0): Promise<string> {
  return (await running.until(listening, from))[1]!.replace('localhost', '127.0.0.1');
}

function isOpen(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

async function end(running: Running, signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
  running.child.kill(signal);
  return (await running.ended).code;
}

test('the service runs, and a change of an imported file starts it anew after the old process has gone', async () => {
  using project = createProject();
  const running = project.start(['dev']);
  const first = await addressOf(running);
  expect(await (await fetch(`${first}/plain`)).text()).toBe('plain');
  const seen = running.text().length;
  project.write('src/app.module.ts', APP_MODULE.replace("() => 'plain'", "() => 'changed'"));
  const second = await addressOf(running, seen);
  expect(await (await fetch(`${second}/plain`)).text()).toBe('changed');
  expect(await isOpen(first)).toBe(false);
  expect(running.text().slice(seen)).toContain('app.module.ts has changed: restarting');
  // A burst of writes is one restart.
  const before = running.text().length;
  for (let index = 0; index < 5; index++) writeFileSync(join(project.folder, '.env'), `APP_NAME=n${index}\n`);
  await addressOf(running, before);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(
    running
      .text()
      .slice(before)
      .match(/restarting/g),
  ).toHaveLength(1);
  // What nothing has imported does not matter.
  const quiet = running.text().length;
  project.write('src/unused.ts', 'export {};');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(running.text().slice(quiet)).toBe('');
  const last = await addressOf(running, before);
  expect(await end(running)).toBe(0);
  expect(await isOpen(last)).toBe(false);
});

test('a first start that fails shows the line and waits for the cure', async () => {
  using project = createProject({ 'src/app.module.ts': APP_MODULE.replace("'plain')]", "'plain' +)]") });
  const running = project.start(['dev', '--entry', 'src/main.ts']);
  await running.until(/waiting for a change/);
  expect(running.text()).toMatch(/src\/app\.module\.ts:\d+\n[\s\S]*> +\d+ \|.*'plain' \+\)\]/);
  const seen = running.text().length;
  project.write('src/app.module.ts', APP_MODULE);
  const url = await addressOf(running, seen);
  expect((await fetch(`${url}/plain`)).status).toBe(200);
  expect(await end(running, 'SIGTERM')).toBe(0);
});

test('the problems of a boot keep their code and cure, and get the line of the route', async () => {
  using project = createProject({ 'src/app.module.ts': APP_MODULE.replace('{ open: true, context: false }', '{}') });
  const running = project.start(['dev']);
  await running.until(/waiting for a change/);
  expect(running.text()).toContain('HTTP_UNGUARDED');
  expect(running.text()).toContain('Cure: ');
  expect(running.text()).toMatch(/> +\d+ \|.*get\('\/plain', \{\}/);
  expect(await end(running)).toBe(0);
});

test('the service stops when its parent is killed: no process stays behind', async () => {
  using project = createProject();
  const running = project.start(['dev']);
  const url = await addressOf(running);
  running.child.kill('SIGKILL');
  for (let waited = 0; waited < 8_000 && (await isOpen(url)); waited += 100) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await isOpen(url)).toBe(false);
});

test('an entry that does not exist is named', async () => {
  using project = createProject();
  const { code, stderr } = await project.run(['dev', '--entry', 'src/gone.ts']);
  expect(code).toBe(1);
  expect(stderr).toContain('CLI_ENTRY');
});

test('a fault of a handler is told with the line of its author, the route and its contract', async () => {
  using project = createProject({ 'src/app.module.ts': APP_MODULE.replace("() => 'plain'", "() => { throw new Error('oops'); }") });
  const running = project.start(['dev']);
  const url = await addressOf(running);
  expect((await fetch(`${url}/plain`)).status).toBe(500);
  await running.until(/INTERNAL: oops\n {2}in route: GET \/plain\n {5}defined at: src\/app\.module\.ts:\d+/);
  await running.until(/> +\d+ \|.*throw new Error\('oops'\)/);
  expect(await end(running)).toBe(0);
});

const prompt = /r restarts, c clears, q quits/;

test('in a terminal, r restarts, c clears and q quits; other keys do nothing', async () => {
  using project = createProject();
  const running = project.startInTerminal(['dev']);
  await running.until(prompt);
  const first = await addressOf(running);
  const seen = running.text().length;
  running.press('r');
  await running.until(/r: restarting/, seen);
  const second = await addressOf(running, seen);
  expect(await isOpen(first)).toBe(false);
  expect((await fetch(`${second}/plain`)).status).toBe(200);
  const before = running.text().length;
  running.press('xc');
  // eslint-disable-next-line no-control-regex
  await running.until(/\u001b\[2J\u001b\[3J\u001b\[H/, before);
  expect(running.text().slice(before)).not.toContain('restarting');
  expect((await fetch(`${second}/plain`)).status).toBe(200);
  running.press('q');
  expect((await running.ended).code).toBe(0);
  expect(await isOpen(second)).toBe(false);
});

test.each(['\u0003', '\u0004'])('in a terminal, Ctrl-C and Ctrl-D (%j) quit, with the exit code of a stop', async (key) => {
  using project = createProject();
  const running = project.startInTerminal(['dev']);
  const url = await addressOf(running);
  running.press(key);
  expect((await running.ended).code).toBe(0);
  expect(await isOpen(url)).toBe(false);
});

test('without a terminal no keys are offered', async () => {
  using project = createProject();
  const running = project.start(['dev']);
  await addressOf(running);
  expect(running.text()).not.toMatch(prompt);
  expect(await end(running)).toBe(0);
});
