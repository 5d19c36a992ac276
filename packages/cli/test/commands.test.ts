import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { APP_MODULE, createProject } from './support/project.js';

// Each call is a process that compiles the framework's own sources.
vi.setConfig({ testTimeout: 40_000 });

describe('routes', () => {
  test('[RT-11] every route is listed with method, guards, limits, module and place', async () => {
    using project = createProject();
    const { code, stdout, stderr } = await project.run(['routes', '--json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const { routes } = JSON.parse(stdout) as { routes: Record<string, unknown>[] };
    expect(routes.find(({ path }) => path === '/secret')).toMatchObject({
      method: 'GET',
      open: false,
      guards: ['key'],
      module: 'AppModule',
    });
    expect(routes.find(({ method }) => method === 'POST')).toMatchObject({
      path: '/words',
      open: true,
      guards: [],
      limits: { timeout: 5000, body: 2048, rate: '20/1m' },
      bodyTypes: ['application/json'],
      statuses: [201],
      definedAt: expect.stringMatching(/app\.module\.ts:\d+$/),
    });
    expect(routes.find(({ path }) => path === '/plain')).toMatchObject({ context: false });
    expect(routes.map(({ path }) => path)).toContain('/health/live');
  });

  test('a table for people, plain in a pipe, filtered by path and method', async () => {
    using project = createProject();
    const { stdout } = await project.run(['routes', 'words', '--method', 'post']);
    expect(stdout.split('\n')[0]).toMatch(
      /^METHOD +PATH +VERSIONS +GUARDS +AROUNDS +BODY +TIMEOUT +RATE +CORS +CONTEXT +MODULE +DEFINED AT$/,
    );
    expect(stdout).toMatch(/^POST +\/words +- +OPEN +- +2 KiB +5s +20\/1m +- /m);
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stdout).not.toContain('\u001b[');
  });

  test('[RT-11] what answers misses and what stands below a path, versions, arounds, CORS, limits in force, and the package of routes that are not the project\u2019s', async () => {
    const module = APP_MODULE.replace(
      'imports: [HttpModule],',
      `imports: [HttpModule.with({
        versioning: { by: 'header' }, around: [timed], rateLimit: { limit: 90, per: '30s' },
        cors: { origins: ['https://app.example.com'], credentials: true },
      })],`,
    )
      .replace(
        'class Words ',
        `import { defineAround, notFound } from '@plinth/http';
         import { reports } from '@acme/reports';
         const timed = defineAround({ name: 'timed', run: (_context, next) => next() });
         class Words `,
      )
      .replace(
        'routes: [',
        "routes: [...reports, notFound('/api', { open: true, cors: false, returns: { 404: null } }, ({ missed }) => { throw missed; }), ",
      );
    using project = createProject({
      'src/app.module.ts': module.replace("get('/plain', {", "get('/plain', { version: ['1', '2'], rateLimit: false,"),
      'node_modules/@acme/reports/package.json': '{"name":"@acme/reports","type":"module","exports":"./index.js"}',
      'node_modules/@acme/reports/index.js':
        "import { get } from '@plinth/http'; export const reports = [get('/reports', { open: true }, () => 'x')];",
    });
    const { stdout, stderr } = await project.run(['routes', '--json'], { HTTP_RATE_LIMITS: 'POST /words=5/1h' });
    expect(stderr).toBe('');
    const { routes } = JSON.parse(stdout) as { routes: { path: string }[] };
    const at = (path: string) => routes.filter((route) => route.path === path);
    const cors = 'https://app.example.com +credentials';
    expect(at('/api')).toMatchObject([
      { method: '*', missed: true, below: true, cors: null, arounds: ['timed'], limits: { rate: '90/30s' } },
    ]);
    expect(at('/reports')).toMatchObject([{ package: '@acme/reports', cors, versions: null, missed: false, below: false }]);
    expect(at('/plain')).toMatchObject([{ versions: ['1', '2'], limits: { rate: null }, package: null }]);
    expect(at('/words')[1]).toMatchObject({ limits: { rate: '5/1h' } });
    expect(at('/health/live')).toMatchObject([{ limits: { rate: null }, arounds: ['timed'] }]);
    const table = await project.run(['routes'], {});
    expect(table.stdout).toMatch(/^notFound +\/api\/\* +- +OPEN +timed +- +\S+ +90\/30s +- /m);
    expect(table.stdout).toMatch(/^GET +\/reports .* https:\/\/app\.example\.com \+credentials +\S+ +\S+ +@acme\/reports$/m);
    expect(table.stdout).toMatch(/^GET +\/plain +1, 2 +OPEN +timed +- +\S+ +- /m);
    expect(table.stdout).toMatch(/^GET +\/health\/live +- +OPEN +timed +- +\S+ +- /m);
  });

  test('the problems of a boot are shown with their codes, and the exit code is 1', async () => {
    using project = createProject({
      'src/app.module.ts': APP_MODULE.replace("get('/plain', { open: true, context: false }", "get('/plain', {}"),
    });
    const { code, stdout, stderr } = await project.run(['routes']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('HTTP_UNGUARDED');
    expect(stderr).toContain('Cure: ');
    const json = await project.run(['routes', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'CORE_BOOT', problems: [{ code: 'HTTP_UNGUARDED' }] } });
  });

  test('no database is asked whether it is there', async () => {
    const module = APP_MODULE.replace('imports: [HttpModule]', 'imports: [HttpModule, DataModule.with({})]').replace(
      'class Words',
      "import { DataModule } from '@plinth/data';\nclass Words",
    );
    using project = createProject({ 'src/app.module.ts': module });
    const { code, stderr } = await project.run(['routes'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(stderr).toMatch(/^\d+ routes$/m);
    expect(code).toBe(0);
  });
});

describe('openapi', () => {
  test('[OA-01] the document is written, printed and checked without starting the application', async () => {
    using project = createProject();
    const info = ['--title', 'Words', '--api-version', '2.0.0'];
    const printed = await project.run(['openapi', ...info]);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      info: { title: 'Words', version: '2.0.0' },
    });
    expect((await project.run(['openapi', ...info, '--out', 'openapi.json'])).code).toBe(0);
    expect(readFileSync(join(project.folder, 'openapi.json'), 'utf8')).toBe(printed.stdout);
    expect(await project.run(['openapi', ...info, '--check', 'openapi.json'])).toMatchObject({ code: 0 });
    project.write('src/app.module.ts', APP_MODULE.replace("'/plain'", "'/plainer'"));
    const checked = await project.run(['openapi', ...info, '--check', 'openapi.json']);
    expect(checked.code).toBe(1);
    expect(checked.stderr).toContain('CLI_OPENAPI_OUTDATED');
    expect(checked.stderr).toContain('#/paths/~1plainer');
  });

  test('a project without the package is told what to install', async () => {
    using project = createProject();
    rmSync(join(project.folder, 'node_modules', '@plinth', 'openapi'));
    const { code, stderr } = await project.run(['openapi']);
    expect(code).toBe(1);
    expect(stderr).toContain('CLI_PACKAGE');
    expect(stderr).toContain('npm install @plinth/openapi');
  });

  test('a file that cannot be written is named', async () => {
    using project = createProject();
    const { code, stderr } = await project.run(['openapi', '--title', 'a', '--api-version', '1', '--out', 'no/such/folder.json']);
    expect(code).toBe(1);
    expect(stderr).toContain('CLI_FILE');
  });
});

describe('key', () => {
  test('32 random bytes in base64, another each time, without a project', async () => {
    using project = createProject({ 'plinth.config.ts': '' });
    const [first, second] = await Promise.all([project.run(['key']), project.run(['key', '--json'])]);
    expect(Buffer.from(first.stdout.trim(), 'base64')).toHaveLength(32);
    expect((JSON.parse(second.stdout) as { key: string }).key).not.toBe(first.stdout.trim());
  });

  test('--write makes a private .env, and never replaces a key', async () => {
    using project = createProject();
    expect((await project.run(['key', '--write'])).code).toBe(0);
    const file = join(project.folder, '.env');
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^APP_KEY=[A-Za-z0-9+/]{43}=\n$/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await project.run(['key', '--write']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('CLI_KEY_RING') });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('--rotate puts the new key in front and leaves the other lines alone; the old keys are not printed', async () => {
    using project = createProject();
    const old = Buffer.alloc(32, 7).toString('base64');
    const file = join(project.folder, '.env');
    writeFileSync(file, `# ours\r\nPORT=1\r\nAPP_KEY="${old}"\r\nA=$&b\n`);
    const shown = await project.run(['key', '--rotate']);
    expect(shown.stdout + shown.stderr).not.toContain(old);
    expect((await project.run(['key', '--rotate', '--write'])).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^# ours\r\nPORT=1\r\nAPP_KEY=[A-Za-z0-9+/]{43}=,/);
    expect(text).toContain(`,${old}`);
    expect(text).toContain('A=$&b\n');
  });
});

describe('calls that cannot be understood', () => {
  test.each([
    [['rotues'], 'routes'],
    [['routes', '--jsn'], '--json'],
    [['routes', 'a', 'b'], 'arguments'],
    [['openapi', '--out'], '--out'],
  ])('%j exits with 2 and says what was meant', async (args, hint) => {
    using project = createProject();
    const { code, stdout, stderr } = await project.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('CLI_USAGE');
    expect(stderr).toContain(hint);
  });

  test('--help tells of every command, and of each its options and examples', async () => {
    using project = createProject();
    const help = await project.run(['--help']);
    expect(help.code).toBe(0);
    for (const name of ['dev', 'routes', 'openapi', 'key']) expect(help.stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect((await project.run(['openapi', '--help'])).stdout).toContain('plinth openapi --check openapi.json');
    expect((await project.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect((await project.run([])).code).toBe(2);
  });
});

describe('the configuration', () => {
  test.each([
    ['CLI_CONFIG_MISSING', ''],
    ['CLI_CONFIG_LOAD', 'export default {'],
    ['CLI_CONFIG_LOAD', "import './gone.ts'; export default {};"],
    ['CLI_CONFIG', 'export const app = 1;'],
    ['CLI_CONFIG', 'export default {};'],
    ['CLI_CONFIG', 'export default { app: () => 1, entri: "x" };'],
    ['CLI_CONFIG', 'export default { app: () => 1, entry: 1 };'],
    ['CLI_APP', 'export default { app: () => { throw new Error("no"); } };'],
    ['CLI_APP', 'export default { app: () => undefined };'],
    ['CLI_APP', "export default { app: () => import('./tsconfig.json', { with: { type: 'json' } }).then(() => null) };"],
  ])('%s for %j', async (expected, text) => {
    using project = createProject({ 'plinth.config.ts': text });
    const { code, stderr } = await project.run(['routes']);
    expect(stderr).toContain(`${expected}: `);
    expect(stderr).toContain('Cure: ');
    expect(code).toBe(1);
    const json = await project.run(['routes', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: expected } });
  });

  test('an application without HTTP, and a configuration elsewhere', async () => {
    using project = createProject({ 'plinth.config.ts': '' });
    mkdirSync(join(project.folder, 'other'));
    project.write('other/my.config.js', "export default { app: () => import('../src/app.module.ts') };");
    expect((await project.run(['routes', '--config', 'other/my.config.js'])).code).toBe(0);
    project.write('src/app.module.ts', "import { Module } from '@plinth/core';\n@Module({})\nexport default class Empty {}");
    expect((await project.run(['routes', '--config', 'other/my.config.js'])).stderr).toContain('CLI_HTTP');
  });
});
