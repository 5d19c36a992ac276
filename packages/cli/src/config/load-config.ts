import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLI_ERRORS } from '../errors.js';
import { useTypeScript } from '../project/type-script.js';
import type { PlinthConfig } from './define-config.js';

/** A project: its configuration, and where it stands. */
export interface Project {
  /** The folder of the configuration; relative paths in it are meant from here. */
  readonly folder: string;
  readonly file: string;
  readonly config: PlinthConfig;
}

const names = ['plinth.config.ts', 'plinth.config.mts', 'plinth.config.js', 'plinth.config.mjs'];
const keys = new Set(['app', 'entry', 'migrations', 'watch']);

/**
 * The project in a folder, with its configuration loaded. Throws `CLI_CONFIG_MISSING`, `CLI_CONFIG_LOAD` (with the cause) and
 * `CLI_CONFIG`.
 */
export async function loadProject(cwd: string, given: string | undefined): Promise<Project> {
  const file = findConfig(cwd, given);
  const folder = dirname(file);
  await useTypeScript(folder);
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw CLI_ERRORS.CONFIG_LOAD({ file, reason: reasonOf(error) }, { cause: error });
  }
  return { folder, file, config: checkConfig(file, module.default) };
}

/** The file of the configuration. Throws `CLI_CONFIG_MISSING`. */
export function findConfig(cwd: string, given: string | undefined): string {
  if (given !== undefined) {
    const file = resolve(cwd, given);
    if (!existsSync(file))
      throw CLI_ERRORS.CONFIG_MISSING({ folder: dirname(file) }, { help: `There is no file ${file}: correct --config.` });
    return file;
  }
  const found = names.map((name) => join(cwd, name)).find((file) => existsSync(file));
  if (found === undefined) throw CLI_ERRORS.CONFIG_MISSING({ folder: cwd });
  return found;
}

/** What an error says, as one sentence. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function checkConfig(file: string, value: unknown): PlinthConfig {
  const refuse = (reason: string, cure: string) => CLI_ERRORS.CONFIG({ file, reason, cure });
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('it has no default export that is an object', 'Write `export default defineConfig({ app: ... })`.');
  const config = value as Record<string, unknown>;
  const unknown = Object.keys(config).find((key) => !keys.has(key));
  if (unknown !== undefined)
    throw refuse(`it holds "${unknown}", which no command knows`, `Correct the name: there are ${[...keys].join(', ')}.`);
  if (config['app'] === undefined || config['app'] === null)
    throw refuse('it has no `app`', "Add `app: () => import('./src/app.module.ts')`.");
  for (const key of ['entry', 'migrations'])
    if (config[key] !== undefined && typeof config[key] !== 'string')
      throw refuse(`\`${key}\` is ${typeof config[key]}, not a path`, 'Give a path relative to the file.');
  const { watch } = config;
  if (watch !== undefined && !(Array.isArray(watch) && watch.every((path) => typeof path === 'string')))
    throw refuse('`watch` is not a list of paths', 'Give paths relative to the file.');
  return value as PlinthConfig;
}
