import { DATA_ERRORS } from '../errors.js';
import type { DialectName } from './dialect.js';

/** Imports an optional driver. Throws `DATA_DRIVER_MISSING` with the command that installs it. */
export async function loadDriver<T>(driver: string, dialect: DialectName, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw DATA_ERRORS.DRIVER_MISSING({ driver, dialect }, { cause: error });
  }
}
