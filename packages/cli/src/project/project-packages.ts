import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CLI_ERRORS } from '../errors.js';

/**
 * A package as the project itself has it: another copy of it would not know the tokens and decorators of the application. Throws
 * `CLI_PACKAGE`.
 */
export async function importFromProject<T>(folder: string, name: string): Promise<T> {
  let file: string;
  try {
    file = createRequire(join(folder, 'package.json')).resolve(name);
  } catch (cause) {
    throw CLI_ERRORS.PACKAGE({ name }, { cause });
  }
  return (await import(pathToFileURL(file).href)) as T;
}
