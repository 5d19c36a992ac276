import { createHash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { createProject, type TestProject } from './support/project.js';

// Each call is a process that compiles the framework's own sources.
vi.setConfig({ testTimeout: 240_000 });

const MODULE = `
import { AuthModule } from '@plinth/auth';
import { createAuthSecurityLog, sqlSecurityLogStore } from '@plinth/auth/data';
import { Module } from '@plinth/core';
import { DataModule } from '@plinth/data';

const data = DataModule.with({ url: 'sqlite:./app.db', migrations: [createAuthSecurityLog], migrate: 'start' });

@Module({
  imports: [data, AuthModule.with({ imports: [data], securityLog: { store: sqlSecurityLogStore }, passwords: { concurrency: 3 } })],
})
export class AppModule {}
`;

/** Writes records of 2020, and of now. */
const RECORDS = `
import { createApp, systemClock } from '@plinth/core';
import { SecurityLog } from '@plinth/auth';
import { AppModule } from './app.module.ts';

let at = Date.UTC(2020, 0, 1);
const app = await createApp(AppModule, { clock: { ...systemClock, now: () => at } });
await app.start();
const log = app.get(SecurityLog);
for (let day = 1; day <= 3; day++) await log.record({ type: 'sign-in.password', outcome: 'success', userId: '7' });
at = Date.now() - 60_000;
for (let day = 1; day <= 2; day++) await log.record({ type: 'sign-in.password', outcome: 'failure', userId: '7' });
await app.stop();
`;

const TAMPER = `
import { openDatabase } from '@plinth/data';
import { authSecurityLog } from '@plinth/auth/data';
const database = openDatabase({ url: 'sqlite:./app.db' });
await database.repository(authSecurityLog).updateMany({ sequence: 4n }, { outcome: 'success' });
await database.close();
`;

const env = { APP_KEY: createHash('sha256').update('a key').digest('base64'), LOG_LEVEL: 'fatal' };

function makeProject(): TestProject {
  return createProject({ 'src/app.module.ts': MODULE, 'src/main.ts': RECORDS, 'src/tamper.ts': TAMPER });
}

async function json(project: TestProject, ...args: string[]): Promise<{ code: number | null; data: unknown }> {
  const { code, stdout, stderr } = await project.run([...args, '--json'], env);
  expect(stderr).toBe('');
  return { code, data: JSON.parse(stdout) };
}

describe('plinth security-log', () => {
  test('verifies, prunes, verifies again, and tells of a record that was altered', async () => {
    using project = makeProject();
    expect((await project.script('src/main.ts', env)).stderr).toBe('');
    const whole = await json(project, 'security-log', 'verify');
    expect(whole).toMatchObject({ code: 0, data: { ok: true, records: 5, last: { sequence: 5 } } });
    expect(await json(project, 'security-log', 'prune', '--before', '2021-01-01')).toMatchObject({
      code: 0,
      data: { ok: true, removed: 3, through: { sequence: 3 } },
    });
    const { stdout } = await project.run(['security-log', 'verify'], env);
    const [, anchor] = /^3 records, all as they were written\. End: (6:[\w-]{43})\n$/.exec(stdout)!;
    expect(await json(project, 'security-log', 'verify', '--since', anchor!, '--anchor', anchor!)).toMatchObject({
      data: { ok: true, records: 0 },
    });
    const cut = await project.run(['security-log', 'verify', '--anchor', anchor!.replace('6:', '9:')], env);
    expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('record 7 is missing, and everything after it') });
    await project.script('src/tamper.ts', env);
    expect(await json(project, 'security-log', 'verify')).toEqual({ code: 1, data: { ok: false, sequence: 4, fault: 'altered' } });
    const refused = await project.run(['security-log', 'prune', '--before', '2022-01-01T00:00:00Z'], env);
    expect(refused).toMatchObject({ code: 1, stdout: 'The security log is not whole: record 4 is not what was written (altered).\n' });
  });

  test('a time or an anchor that could be read in two ways is refused (CLI_TIME, CLI_SECURITY_LOG_ANCHOR)', async () => {
    using project = makeProject();
    for (const [time, reason] of [
      ['01/02/2025', 'form'],
      ['2025-02-31', 'no such day'],
      ['2999-01-01', 'ahead'],
    ] as const) {
      const { code, stderr } = await project.run(['security-log', 'prune', '--before', time], env);
      expect(code).toBe(1);
      expect(stderr).toContain('CLI_TIME');
      expect(stderr).toContain(reason);
    }
    expect((await project.run(['security-log', 'verify', '--since', '12'], env)).stderr).toContain('CLI_SECURITY_LOG_ANCHOR');
  });

  test('an application without a security log is told how to have one (CLI_AUTH)', async () => {
    using project = createProject({
      'src/app.module.ts': `import { AuthModule } from '@plinth/auth';\nimport { Module } from '@plinth/core';\n@Module({ imports: [AuthModule] })\nexport class AppModule {}\n`,
    });
    const { code, stderr } = await project.run(['security-log', 'verify'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('CLI_AUTH');
    expect(stderr).toContain('AuthModule.with({ securityLog');
  });
});

describe('plinth auth calibrate', () => {
  test('prints the line with the parameters, never below the floor, and what they take with the concurrency of the application', async () => {
    using project = makeProject();
    const { code, stdout, stderr } = await project.run(['auth', 'calibrate', '--target', '50ms'], env);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^AuthModule\.with\(\{ passwords: \{ argon2: \{ memory: \d\d_\d{3}, passes: \d+ \} \} \}\)\n$/);
    expect(Number(/memory: ([\d_]+)/.exec(stdout)![1]!.replace('_', ''))).toBeGreaterThanOrEqual(19_456);
    expect(stderr).toMatch(/^MEMORY +PASSES +TAKES\n19 MiB +2 +\d+ ms\n/);
    expect(stderr).toContain('3 at a time');
    expect((await project.run(['auth', 'calibrate', '--target', '5s'], env)).stderr).toContain('CLI_TIME');
  });
});
