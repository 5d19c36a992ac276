import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestDatabase, isThere, testServer } from '@plinth/data/testing';
import { describe, expect, test, vi } from 'vitest';
import { createProject, type TestProject } from './support/project.js';

// Each call is a process that compiles the framework's own sources.
vi.setConfig({ testTimeout: 240_000 });

const MODULE = `
import { Module } from '@plinth/core';
import { DataModule, defineMigration, defineSeed, integer, table, text } from '@plinth/data';
import { migrations as listed } from './migrations/index.ts';

const users = table('users', { id: integer().primary(), email: text({ max: 80 }) });
const create = defineMigration('1_users', {
  up: ({ createTable }) => createTable(users),
  down: ({ dropTable }) => dropTable(users),
});
const seed = defineSeed('users', (db) => db.repository(users).insert({ id: 1, email: 'ada@example.org' }));
const demo = defineSeed('demo', (db) => db.repository(users).upsert({ id: 2, email: 'bo@example.org' }), { when: 'always', only: 'development' });

@Module({ imports: [DataModule.with({ url: 'sqlite:./app.db', migrations: [create, ...listed], seeds: [seed, demo], migrate: 'start' })] })
export class AppModule {}
`;
const NONE = 'export const migrations: never[] = [];\n';

function makeProject(files: Record<string, string> = {}): TestProject {
  return createProject({ 'src/app.module.ts': MODULE, 'src/main.ts': '', 'src/migrations/index.ts': NONE, ...files });
}

async function runJson(
  project: TestProject,
  args: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; data: unknown }> {
  const { code, stdout, stderr } = await project.run([...args, '--json'], env);
  expect(stderr).toBe('');
  return { code, data: JSON.parse(stdout) };
}

describe('plinth migrate', () => {
  test('status, sql, up, down and redo, without starting the application [DA-05]', async () => {
    using project = makeProject();
    expect(await runJson(project, ['migrate', 'status', '--check'])).toMatchObject({
      code: 1,
      data: { migrations: [{ name: '1_users', state: 'pending' }] },
    });
    const sql = await project.run(['migrate', 'sql']);
    expect(sql.code).toBe(0);
    expect(sql.stdout).toMatch(/^-- 1_users \(up\)\ncreate table .users. \(/);
    expect((await project.run(['migrate', 'up', '--dry-run'])).stdout).toBe(sql.stdout);
    expect(await project.run(['migrate', 'up'])).toMatchObject({ code: 0, stdout: 'applied 1_users\n', stderr: '' });
    expect(await project.run(['migrate', 'up', '--verify'])).toMatchObject({ code: 0, stdout: '', stderr: 'Nothing to apply.\n' });
    const status = await project.run(['migrate', 'status', '--check']);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^MIGRATION +STATE +BATCH +APPLIED AT\n1_users +applied +1 +\d{4}-/);
    expect(await runJson(project, ['migrate', 'redo'])).toEqual({ code: 0, data: { applied: ['1_users'] } });
    expect(await project.run(['migrate', 'sql', '--down', '--all'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('drop table'),
    });
    expect(await runJson(project, ['migrate', 'down', '--steps', '1'])).toEqual({ code: 0, data: { undone: ['1_users'] } });
  });

  test('down is refused in production without --force, and leaves everything', async () => {
    using project = makeProject();
    await project.run(['migrate', 'up']);
    const production = { NODE_ENV: 'production' };
    for (const action of ['down', 'redo']) {
      const { code, stderr } = await project.run(['migrate', action], production);
      expect(code).toBe(1);
      expect(stderr).toContain('CLI_PRODUCTION');
    }
    expect(await runJson(project, ['migrate', 'down', '--force'], production)).toEqual({ code: 0, data: { undone: ['1_users'] } });
  });

  test('new writes a file and adds it to an index of its own form; an index of another form is left alone', async () => {
    using project = createProject({ 'src/app.module.ts': MODULE, 'src/main.ts': '' });
    const folder = join(project.folder, 'src', 'migrations');
    const first = await project.run(['migrate', 'new', 'AddBio to-users']);
    expect(first.stderr).toBe('');
    expect(first.stdout).toMatch(
      /src\/migrations\/\d{4}_\d\d_\d\d_\d{6}_add_bio_to_users\.ts is written\.\nsrc\/migrations\/index\.ts is written; give/,
    );
    expect((await project.run(['migrate', 'new', 'second'])).stdout).toContain('index.ts lists it');
    const [bio, second, ...rest] = readdirSync(folder).toSorted();
    expect(rest).toEqual(['index.ts']);
    expect(readFileSync(join(folder, 'index.ts'), 'utf8')).toBe(
      `// The migrations, in order. \`plinth migrate new\` adds to this file as long as it has this form.\nimport { addBioToUsers } from './${bio}';\nimport { second } from './${second}';\n\nexport const migrations = [\n  addBioToUsers,\n  second,\n];\n`,
    );
    // The application has them, and one that is not written does not pass for one that is.
    const status = await project.run(['migrate', 'status']);
    expect(status.stdout.match(/pending/g)).toHaveLength(3);
    expect((await project.run(['migrate', 'up'])).stderr).toContain('is not written yet');
    project.write('src/migrations/index.ts', NONE);
    const third = await project.run(['migrate', 'new', 'third']);
    expect(third.stdout).toMatch(/List it yourself: import \{ third \} from '\.\/\d{4}_\d\d_\d\d_\d{6}_third\.ts';/);
    expect(readFileSync(join(folder, 'index.ts'), 'utf8')).toBe(NONE);
    for (const [name, reason] of [
      ['third', 'already'],
      ['../x', 'path'],
      ['1st', 'letter'],
      ['delete', 'JavaScript'],
    ] as const) {
      const { code, stderr } = await project.run(['migrate', 'new', name]);
      expect(code).toBe(1);
      expect(stderr).toContain('CLI_MIGRATION_NAME');
      expect(stderr).toContain(reason);
    }
    expect(existsSync(join(project.folder, 'app.db'))).toBe(true);
  });

  test('a failure has its code and cure; a changed migration is found and accepted', async () => {
    using project = makeProject();
    await project.run(['migrate', 'up']);
    project.write('src/app.module.ts', MODULE.replace('email: text({ max: 80 })', 'email: text({ max: 80 }), bio: text().nullable()'));
    const { code, stderr } = await project.run(['migrate', 'up', '--verify']);
    expect(code).toBe(1);
    expect(stderr).toContain('DATA_MIGRATION_CHANGED');
    expect(stderr).toContain('Cure: ');
    expect((await project.run(['migrate', 'status', '--verify', '--check'])).code).toBe(1);
    expect((await project.run(['migrate', 'accept', '1_users'])).code).toBe(0);
    expect((await project.run(['migrate', 'status', '--verify', '--check'])).code).toBe(0);
    expect((await project.run(['migrate', 'resolve', '1_users'])).stderr).toContain('CLI_USAGE');
    expect((await project.run(['migrate', 'resolve', '1_users', '--applied'])).stderr).toContain('DATA_MIGRATION_TARGET');
    expect((await project.run(['migrate', 'down', '--steps', 'x'])).stderr).toContain('DATA_MIGRATION_TARGET');
  });

  test('calls that cannot be understood', async () => {
    using project = makeProject();
    const none = await project.run(['migrate']);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toContain('A command of plinth migrate is missing');
    const wrong = await project.run(['migrate', 'upp']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/CLI_USAGE.*upp.*up/s);
    expect((await project.run(['migrate', '--help'])).stdout).toMatch(/^ {2}resolve /m);
  });

  test('an application without a database, and one with two', async () => {
    using project = makeProject({ 'src/app.module.ts': "import { Module } from '@plinth/core';\n@Module({})\nexport class AppModule {}" });
    expect((await project.run(['migrate', 'status'])).stderr).toContain('CLI_DATABASE');
    project.write(
      'src/app.module.ts',
      `
import { Module, token } from '@plinth/core';
import { type Database, DataModule, defineMigration } from '@plinth/data';
const OTHER = token<Database>('OTHER');
const one = defineMigration('1', { up: ({ sql }) => sql\`create table a (id integer)\` });
@Module({ imports: [DataModule.with({ url: 'sqlite:./a.db' }), DataModule.with({ name: 'other', variable: 'OTHER_URL', url: 'sqlite:./b.db', token: OTHER, migrations: [one] })] })
export class AppModule {}`,
    );
    expect((await project.run(['migrate', 'status'])).stderr).toContain('database, other');
    expect((await project.run(['migrate', 'up', '--database', 'third'])).stderr).toContain('CLI_DATABASE');
    expect((await project.run(['migrate', 'up', '--database', 'other'])).stdout).toBe('applied 1\n');
  });

  test.each(['postgres', 'mysql'] as const)('the database of DATABASE_URL: %s', async (dialect) => {
    if (!(await isThere(testServer(dialect)))) return;
    const database = await createTestDatabase(dialect);
    try {
      using project = makeProject();
      const env = { DATABASE_URL: database.url };
      expect((await project.run(['migrate', 'sql'], env)).stdout).toContain(dialect === 'mysql' ? '(up, not tried)' : '(up)');
      expect((await project.run(['migrate', 'up'], env)).stdout).toBe('applied 1_users\n');
      expect((await project.run(['seed'], env)).stdout).toBe('ran users\nran demo\n');
      expect(await database.open().sql`select id from users order by id`).toEqual([{ id: 1 }, { id: 2 }]);
    } finally {
      await database.drop();
    }
  });
});

describe('plinth seed', () => {
  test('runs what is due, once, where it belongs; lists; runs one by name [DA-06]', async () => {
    using project = makeProject();
    await project.run(['migrate', 'up']);
    expect(await runJson(project, ['seed'], { NODE_ENV: 'production' })).toEqual({ code: 0, data: { ran: ['users'] } });
    expect(await runJson(project, ['seed'])).toEqual({ code: 0, data: { ran: ['demo'] } });
    expect((await project.run(['seed', '--list'])).stdout).toMatch(
      /^SEED .*\nusers +once +everywhere +\d{4}-.*\ndemo +always +development +-$/m,
    );
    expect((await project.run(['seed', 'users'])).stderr).toBe('Nothing to run.\n');
    expect((await project.run(['seed', 'nothing'])).stderr).toContain('DATA_SEED_UNKNOWN');
    expect((await project.run(['seed', 'demo'], { NODE_ENV: 'production' })).stderr).toContain('only for development');
  });
});
