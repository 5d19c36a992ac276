import type { Call, Command } from '../command.js';
import { CLI_ERRORS } from '../errors.js';
import { databaseOption, withDatabase } from '../project/project-database.js';
import { newCommand } from './migrate-new.js';
import { downOptions, readDownOptions } from './migrate-options.js';
import { acceptCommand, resolveCommand } from './migrate-resolve.js';
import { sqlCommand } from './migrate-sql.js';
import { statusCommand } from './migrate-status.js';

const upCommand: Command = {
  name: 'up',
  summary: 'apply every pending migration',
  options: [
    databaseOption,
    ['--to <name>', 'up to this one, and no further'],
    ['--verify', 'refuse when an applied migration is not what was applied'],
    ['--dry-run', 'print the SQL instead; nothing stays changed'],
  ],
  examples: ['plinth migrate up', 'plinth migrate up --to 2026_01_10_120000_users'],
  run(call) {
    const { to, verify, dryRun } = call.options as { to?: string; verify?: boolean; dryRun?: boolean };
    if (dryRun === true) return sqlCommand.run!(call);
    return withDatabase(call, async ({ migrate }) =>
      tell(call, 'applied', await migrate.up({ ...(to !== undefined && { to }), ...(verify === true && { verify }) })),
    );
  },
};

const downCommand: Command = {
  name: 'down',
  summary: 'undo the migrations that were applied last together',
  options: [
    databaseOption,
    ...downOptions,
    ['--force', 'also in production'],
    ['--dry-run', 'print the SQL instead; nothing stays changed'],
  ],
  examples: ['plinth migrate down', 'plinth migrate down --steps 1'],
  async run(call) {
    if (call.options['dryRun'] === true) return sqlCommand.run!({ ...call, options: { ...call.options, down: true } });
    refuseProduction(call, 'migrate down');
    return withDatabase(call, async ({ migrate }) => tell(call, 'undone', await migrate.down(readDownOptions(call))));
  },
};

const redoCommand: Command = {
  name: 'redo',
  summary: 'undo the last migration and apply it again',
  options: [databaseOption, ['--steps <n>', 'so many migrations'], ['--force', 'also in production']],
  async run(call) {
    refuseProduction(call, 'migrate redo');
    const steps = call.options['steps'];
    return withDatabase(call, async ({ migrate }) =>
      tell(call, 'applied', await migrate.redo(steps === undefined ? {} : { steps: Number(steps) })),
    );
  },
};

/** Changes the schema, and says where it stands. The application is built and not started. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'change the schema: up, down, redo, status, new, sql, resolve, accept',
  commands: [upCommand, downCommand, redoCommand, statusCommand, newCommand, sqlCommand, resolveCommand, acceptCommand],
};

function tell({ output }: Call, done: 'applied' | 'undone', names: readonly string[]): number {
  if (output.json) output.data({ [done]: names });
  else for (const name of names) output.line(`${output.style('green', done)} ${name}`);
  if (names.length === 0 && !output.json) output.note(done === 'applied' ? 'Nothing to apply.' : 'Nothing to undo.');
  return 0;
}

function refuseProduction({ options }: Call, command: string): void {
  if (process.env['NODE_ENV'] === 'production' && options['force'] !== true) throw CLI_ERRORS.PRODUCTION({ command });
}
