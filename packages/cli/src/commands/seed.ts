import type { Command } from '../command.js';
import { formatTable } from '../output/table.js';
import { databaseOption, withDatabase } from '../project/project-database.js';

/** Runs the seeds that are due. The application is built and not started. */
export const seedCommand: Command = {
  name: 'seed',
  summary: 'run the seeds that are due',
  arguments: [['[names...]', 'only these']],
  options: [databaseOption, ['--list', 'list them instead, and when they ran']],
  examples: ['plinth seed', 'plinth seed demo-users', 'plinth seed --list'],
  run: (call) =>
    withDatabase(call, async ({ seed }) => {
      const { output } = call;
      if (call.options['list'] === true) {
        const seeds = await seed.status();
        if (output.json) output.data({ seeds });
        else if (seeds.length === 0) output.note('No seeds.');
        else {
          const rows = seeds.map(({ name, when, only, ranAt }) => [name, when, only ?? 'everywhere', ranAt?.toISOString() ?? '-']);
          output.line(formatTable(['SEED', 'RUNS', 'WHERE', 'RAN AT'], rows, (text) => output.style('bold', text)));
        }
        return 0;
      }
      const names = call.arguments.filter((name) => name !== undefined);
      const ran = await seed.run(names.length === 0 ? {} : { names });
      if (output.json) output.data({ ran });
      else for (const name of ran) output.line(`${output.style('green', 'ran')} ${name}`);
      if (ran.length === 0 && !output.json) output.note('Nothing to run.');
      return 0;
    }),
};
