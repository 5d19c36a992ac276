import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProject } from '../src/index.js';

const folder = mkdtempSync(join(tmpdir(), 'plinth-create-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tsx = resolve(import.meta.dirname, '../../cli/node_modules/tsx/dist/loader.mjs');
const bin = resolve(import.meta.dirname, '../src/bin.ts');
const create = (args: readonly string[], cwd = folder) =>
  spawnSync(process.execPath, ['--import', tsx, bin, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('a project has its name, the version of the packages, and hidden files under their own names', () => {
  const { folder: made, files } = createProject({ name: 'shop', cwd: folder, template: 'api' });
  expect(made).toBe(join(folder, 'shop'));
  expect(files).toEqual(
    expect.arrayContaining([
      '.gitignore',
      '.env.example',
      'package.json',
      'tsconfig.json',
      'plinth.config.ts',
      'src/main.ts',
      'test/notes.test.ts',
    ]),
  );
  const manifest = JSON.parse(readFileSync(join(made, 'package.json'), 'utf8')) as { name: string; dependencies: Record<string, string> };
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  expect(manifest).toMatchObject({ name: 'shop', dependencies: { '@plinth/core': `^${version}`, '@plinth/openapi': `^${version}` } });
  for (const file of files) expect(readFileSync(join(made, file), 'utf8')).not.toContain('{{');
});

test('--yes asks nothing, and tells the next steps', () => {
  const { status, stdout } = create(['--yes', '--no-install', '--template', 'minimal']);
  expect(status).toBe(0);
  expect(stdout).toContain('cd my-service');
  expect(readdirSync(join(folder, 'my-service', 'test'))).toEqual(['hello.test.ts']);
});

test('a scope, a path and this folder', () => {
  expect(createProject({ name: '@acme/orders', cwd: folder, template: 'minimal' }).folder).toBe(join(folder, 'orders'));
  const here = join(folder, 'here');
  mkdirSync(join(here, '.git'), { recursive: true });
  expect(create(['.', '--no-install'], here).status).toBe(0);
});

test('what is there is never overwritten', () => {
  const full = join(folder, 'full');
  mkdirSync(full);
  writeFileSync(join(full, 'index.js'), 'mine');
  const { status, stderr } = create(['full', '--no-install']);
  expect(status).toBe(1);
  expect(stderr).toContain('CREATE_PLINTH_NOT_EMPTY');
  expect(stderr).toContain('index.js');
  expect(readdirSync(full)).toEqual(['index.js']);
});

test.each(['My-App', '.hidden', 'a b', 'node_modules', `${'x'.repeat(215)}`, 'a$b'])('the name %j is refused', (name) => {
  const { status, stderr } = create([name, '--no-install']);
  expect(stderr).toContain('CREATE_PLINTH_NAME');
  expect(status).toBe(1);
});

test.each([[['a', 'b']], [['x', '--template', 'huge']], [['--wat']], [[]]])('%j exits with 2', (args) => {
  const { status, stderr } = create(args);
  expect(stderr).toContain('CREATE_PLINTH_USAGE');
  expect(status).toBe(2);
});

test('a folder that cannot be made, and an install that fails, are named', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => createProject({ name: 'file', cwd: folder, template: 'minimal' })).toThrow(
    expect.objectContaining({ code: 'CREATE_PLINTH_FOLDER' }),
  );
  const { status, stderr } = spawnSync(process.execPath, ['--import', tsx, bin, 'uninstalled'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: join(folder, 'no-such-path') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(stderr).toContain('CREATE_PLINTH_INSTALL');
  expect(status).toBe(1);
});
