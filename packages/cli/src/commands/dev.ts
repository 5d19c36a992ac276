import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from '../command.js';
import { findConfig, loadProject, type Project } from '../config/load-config.js';
import { supervise } from '../dev/supervisor.js';
import { CLI_ERRORS } from '../errors.js';

/** Runs the service and restarts it when a file changes. */
export const devCommand: Command = {
  name: 'dev',
  summary: 'run the service, and restart it when a file changes',
  options: [['-e, --entry <file>', 'the file to run, if not `entry` of the configuration']],
  examples: ['plinth dev', 'PORT=4000 plinth dev'],
  async run({ cwd, config, options, output }) {
    const given = options['entry'] as string | undefined;
    // With an entry given there is nothing to ask the configuration for but its folder.
    const project = given === undefined ? await loadProject(cwd, config) : undefined;
    const folder = project?.folder ?? dirname(findConfig(cwd, config));
    const entry = given === undefined ? entryOf(project!) : resolve(cwd, given);
    if (!existsSync(entry)) throw CLI_ERRORS.ENTRY({ file: entry });
    await supervise({ folder, entry, watch: project?.config.watch ?? [], output });
    return 0;
  },
};

function entryOf({ folder, config }: Project): string {
  if (config.entry !== undefined) return resolve(folder, config.entry);
  const candidates = ['main.ts', 'main.mts', 'main.js', 'main.mjs'].map((name) => join(folder, 'src', name));
  return candidates.find((file) => existsSync(file)) ?? candidates[0]!;
}
