import { basename, resolve } from 'node:path';
import { CREATE_ERRORS } from './errors.js';

// What npm accepts for a new package: https://docs.npmjs.com/cli/configuring-npm/package-json#name
const valid = /^(?:@[a-z0-9-~][a-z0-9-._~]*\/)?[a-z0-9-~][a-z0-9-._~]*$/;
const taken = new Set(['node_modules', 'favicon.ico', 'con', 'prn', 'aux', 'nul']);

/** The name of the package and its folder, from what was given: a name, a path, or `.`. Throws `CREATE_PLINTH_NAME`. */
export function readName(given: string, cwd: string): { readonly name: string; readonly folder: string } {
  const scoped = given.startsWith('@');
  const folder = resolve(cwd, scoped ? (given.split('/')[1] ?? given) : given);
  const name = scoped ? given : basename(folder);
  const reason =
    given.trim() === ''
      ? 'it is empty'
      : name.length > 214
        ? 'it is longer than 214 characters'
        : name !== name.toLowerCase()
          ? 'it has capitals'
          : !valid.test(name)
            ? 'it has characters that are not allowed, or begins with "." or "_"'
            : taken.has(name)
              ? 'it is taken'
              : undefined;
  if (reason !== undefined) throw CREATE_ERRORS.badName(given, reason);
  return { name, folder };
}
