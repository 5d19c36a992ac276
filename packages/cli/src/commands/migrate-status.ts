import type { MigrationState, MigrationStatus } from '@plinth/data';
import type { Command } from '../command.js';
import { formatTable } from '../output/table.js';
import { databaseOption, withDatabase } from '../project/project-database.js';

/** Lists the migrations and where the database is with them. */
export const statusCommand: Command = {
  name: 'status',
  summary: 'list the migrations and where the database is with them',
  options: [
    databaseOption,
    ['--verify', 'say too which applied ones are not what was applied'],
    ['--check', 'exit with 1 unless every migration is applied'],
  ],
  examples: ['plinth migrate status', 'plinth migrate status --check --verify'],
  run: (call) =>
    withDatabase(call, async ({ migrate, url }) => {
      const { output, options } = call;
      const migrations = await migrate.status({ verify: options['verify'] === true });
      if (output.json) output.data({ database: url, migrations });
      else {
        const rows = migrations.map(toCells);
        if (rows.length > 0)
          output.line(formatTable(['MIGRATION', 'STATE', 'BATCH', 'APPLIED AT'], rows, (text) => output.style('bold', text)));
        for (const { name, statement } of migrations)
          if (statement !== undefined) output.note(`${name}, at: ${statement.replace(/\s+/g, ' ')}`);
        output.note(output.style('dim', `${migrations.length} ${migrations.length === 1 ? 'migration' : 'migrations'} of ${url}`));
      }
      return options['check'] === true && migrations.some(({ state }) => !fine.has(state)) ? 1 : 0;
    }),
};

// A migration that only a newer version lists is no fault of this one.
const fine: ReadonlySet<MigrationState> = new Set(['applied', 'unknown']);

function toCells({ name, state, batch, appliedAt, steps }: MigrationStatus): readonly string[] {
  const done = steps === undefined ? state : `${state}, ${steps} ${steps === 1 ? 'step' : 'steps'} applied`;
  return [name, done, batch === undefined ? '-' : String(batch), appliedAt?.toISOString() ?? '-'];
}
