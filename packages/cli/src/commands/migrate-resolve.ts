import type { Command } from '../command.js';
import { CLI_ERRORS } from '../errors.js';
import { databaseOption, withDatabase } from '../project/project-database.js';

/** Says how a migration that was cut off stands, after somebody has looked. */
export const resolveCommand: Command = {
  name: 'resolve',
  summary: 'say whether the step that a migration was cut off in is in the schema',
  arguments: [['<name>', 'the migration']],
  options: [databaseOption, ['--applied', 'it is'], ['--rolled-back', 'it is not']],
  async run(call) {
    const { applied, rolledBack } = call.options as { applied?: boolean; rolledBack?: boolean };
    if ((applied === true) === (rolledBack === true)) throw CLI_ERRORS.USAGE({ reason: 'Give one of --applied and --rolled-back' });
    const name = call.arguments[0]!;
    const outcome = applied === true ? 'applied' : 'rolled-back';
    await withDatabase(call, ({ migrate }) => migrate.resolve(name, outcome));
    if (call.output.json) call.output.data({ resolved: name, outcome });
    else
      call.output.line(
        `${name}: the step is ${outcome === 'applied' ? 'applied' : 'rolled back'}. \`plinth migrate up\` goes on from there.`,
      );
    return 0;
  },
};

/** Takes an applied migration as it is now for what was applied. */
export const acceptCommand: Command = {
  name: 'accept',
  summary: 'take a changed migration as it is now for what was applied',
  arguments: [['<name>', 'the migration']],
  options: [databaseOption],
  async run(call) {
    const name = call.arguments[0]!;
    await withDatabase(call, ({ migrate }) => migrate.accept(name));
    if (call.output.json) call.output.data({ accepted: name });
    else call.output.line(`${name} is accepted as it is.`);
    return 0;
  },
};
