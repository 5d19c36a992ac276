import type { MigrationSql } from '@plinth/data';
import type { Command } from '../command.js';
import { databaseOption, withDatabase } from '../project/project-database.js';
import { downOptions, readDownOptions } from './migrate-options.js';

/** Prints what `up` or `down` would run. */
export const sqlCommand: Command = {
  name: 'sql',
  summary: 'print the SQL that up, or down, would run; nothing stays changed',
  options: [databaseOption, ['--down', 'of down'], ...downOptions],
  examples: ['plinth migrate sql', 'plinth migrate sql --down --steps 1'],
  run: (call) =>
    withDatabase(call, async ({ migrate }) => {
      const to = call.options['to'] as string | undefined;
      const found =
        call.options['down'] === true
          ? await migrate.dryRun('down', readDownOptions(call))
          : await migrate.dryRun('up', to === undefined ? {} : { to });
      if (call.output.json) call.output.data({ migrations: found });
      else for (const text of found.map(toText)) call.output.line(text);
      if (found.some(({ incomplete }) => incomplete !== undefined) && !call.output.json)
        call.output.note('Some statements are not known without a real run: see "incomplete".');
      return 0;
    }),
};

function toText({ name, direction, statements, ran, incomplete }: MigrationSql): string {
  const lines = [`-- ${name} (${direction}${ran ? '' : ', not tried'})`, ...statements.map((sql) => `${sql};`)];
  if (incomplete !== undefined) lines.push(`-- incomplete: ${incomplete.replace(/\s+/g, ' ')}`);
  return `${lines.join('\n')}\n`;
}
