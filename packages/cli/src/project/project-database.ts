import type { Database } from '@plinth/data';
import type { Call } from '../command.js';
import { loadProject } from '../config/load-config.js';
import { CLI_ERRORS } from '../errors.js';
import { buildApp } from './boot-project.js';
import { importFromProject } from './project-packages.js';

/** The option of every command that works on a database. */
export const databaseOption = ['-d, --database <name>', 'which one, if the application has several'] as const;

/**
 * Runs `work` with a database of the application, which is built and not started. Throws `CLI_DATABASE` where it cannot be told which, and
 * what `buildApp` throws.
 */
export async function withDatabase<T>(call: Call, work: (database: Database) => Promise<T>): Promise<T> {
  const project = await loadProject(call.cwd, call.config);
  const { allOf } = await importFromProject<typeof import('@plinth/core')>(project.folder, '@plinth/core');
  const { DATABASES } = await importFromProject<typeof import('@plinth/data')>(project.folder, '@plinth/data');
  await using app = await buildApp(project);
  return await work(choose(app.get(allOf(DATABASES)), call.options['database'] as string | undefined));
}

function choose(databases: readonly Database[], name: string | undefined): Database {
  const names = databases.map((database) => database.name).join(', ');
  if (databases.length === 0)
    throw CLI_ERRORS.DATABASE({ reason: 'the application has none', cure: 'Import DataModule of @plinth/data in the root module.' });
  if (name === undefined && databases.length > 1)
    throw CLI_ERRORS.DATABASE({ reason: `the application has several: ${names}`, cure: 'Add --database <name>.' });
  const chosen = name === undefined ? databases[0] : databases.find((database) => database.name === name);
  if (chosen === undefined)
    throw CLI_ERRORS.DATABASE({ reason: `none is called ${JSON.stringify(name)}`, cure: `Correct --database: there is ${names}.` });
  return chosen;
}
