import { AUTH_ERRORS } from './errors.js';

/**
 * Loads a part that needs packages which not everybody installs. Rejects with `AUTH_PACKAGE_MISSING` where one is not there: at the boot, in
 * words, and not while modules are linked, where nobody could catch it.
 */
export async function loadPackage<T>(part: string, packages: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw cause;
    throw AUTH_ERRORS.PACKAGE_MISSING({ part, packages }, { cause });
  }
}
