import { readFileSync } from 'node:fs';
import { Command as Commander, CommanderError } from 'commander';
import type { Command } from './command.js';
import { authCommand } from './commands/auth.js';
import { devCommand } from './commands/dev.js';
import { keyCommand } from './commands/key.js';
import { migrateCommand } from './commands/migrate.js';
import { openapiCommand } from './commands/openapi.js';
import { routesCommand } from './commands/routes.js';
import { securityCommand } from './commands/security.js';
import { securityLogCommand } from './commands/security-log.js';
import { seedCommand } from './commands/seed.js';
import { CLI_ERRORS } from './errors.js';
import { createOutput } from './output/output.js';
import { showError } from './output/show-error.js';

const commands: readonly Command[] = [
  devCommand,
  routesCommand,
  openapiCommand,
  keyCommand,
  migrateCommand,
  seedCommand,
  securityCommand,
  securityLogCommand,
  authCommand,
];

/** Exit code of a call that cannot be understood, as shells and GNU tools have it. */
const USAGE = 2;

/** Runs one call of `plinth`. Gives the exit code: 0, 1 for a command that failed, 2 for a call that cannot be understood. */
export async function runProgram(words: readonly string[], cwd: string): Promise<number> {
  const json = words.includes('--json');
  const ended = { code: 0 };
  const program = new Commander('plinth')
    .description('The command line of Plinth. It reads plinth.config.ts of the working directory.')
    .version(versionOf(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const command of commands) program.addCommand(toCommander(command, cwd, ended));
  if (words.length === 0) {
    program.outputHelp();
    return USAGE;
  }
  try {
    await program.parseAsync(words, { from: 'user' });
    return ended.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const said = error.code === 'commander.help' ? `a command of plinth ${words[0]} is missing` : error.message;
    const reason = said
      .replace(/^error: /, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\.$/, '');
    showError(CLI_ERRORS.USAGE({ reason: reason.charAt(0).toUpperCase() + reason.slice(1) }), createOutput(json));
    return USAGE;
  }
}

function toCommander(command: Command, cwd: string, ended: { code: number }): Commander {
  const made = new Commander(command.name)
    .description(command.summary)
    .summary(command.summary)
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const [pattern, description] of command.arguments ?? []) made.argument(pattern, description);
  for (const [flags, description] of command.options ?? []) made.option(flags, description);
  for (const inner of command.commands ?? []) made.addCommand(toCommander(inner, cwd, ended));
  const run = command.run?.bind(command);
  if (run === undefined) return made;
  made.option('-c, --config <file>', 'the configuration, if not plinth.config.ts here').option('--json', 'answer in JSON');
  if (command.examples !== undefined) made.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  made.action(async () => {
    const { config, json, ...options } = made.opts<Record<string, string | boolean | undefined>>();
    const output = createOutput(json === true);
    try {
      ended.code = await run({ cwd, arguments: made.args, options, config: config as string | undefined, output });
    } catch (error) {
      showError(error, output);
      ended.code = 1;
    }
  });
  return made;
}

function versionOf(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
