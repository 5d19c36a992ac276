import { expect, test, vi } from 'vitest';
import { APP_MODULE, createProject } from './support/project.js';

// Each call is a process that compiles the framework's own sources.
vi.setConfig({ testTimeout: 60_000 });

test('[AU-15] who may call what: sorted, in words, with the open ones marked', async () => {
  using project = createProject({ 'src/app.module.ts': APP_MODULE.replace("get('/plain'", "get('/another'") });
  const { code, stdout } = await project.run(['routes', '--access']);
  expect(code).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^METHOD +PATH +WHO +MODULE$/);
  const paths = lines.slice(1).map((line) => line.split(/ +/)[1]!);
  expect(paths).toEqual([...paths].sort());
  expect(stdout).toMatch(/^GET +\/another +OPEN: anybody +AppModule$/m);
  expect(stdout).toMatch(/^GET +\/secret +guard key +AppModule$/m);
});

test('open routes that were not expected end the command with 1', async () => {
  using project = createProject();
  const { code, stderr, stdout } = await project.run(['routes', '--access', '--only-open', '/health,/words', '--json']);
  expect(code).toBe(1);
  const { routes, unlisted } = JSON.parse(stdout) as {
    routes: { path: string; open: boolean; who: string; unlisted: boolean }[];
    unlisted: number;
  };
  expect(stderr).toBe('');
  expect(routes.filter((route) => route.unlisted).map(({ path }) => path)).toEqual(['/plain']);
  expect(unlisted).toBe(1);
  expect(routes.find(({ path }) => path === '/secret')).toMatchObject({ open: false, who: 'guard key' });
  const all = await project.run(['routes', '--access', '--only-open', '/health,/words,/plain']);
  expect(all.code).toBe(0);
});
