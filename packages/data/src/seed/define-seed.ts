import type { Database } from '../database/database.js';

/** Rows that a database should hold. */
export interface Seed {
  readonly name: string;
  /** `once` per database (default), or at each call of `seed.run()`, for seeds that can run again. */
  readonly when: 'once' | 'always';
  readonly run: (db: Database) => unknown;
}

/**
 * Describes a seed; list it in `DataModule.with({ seeds })`. It runs in a transaction.
 *
 * @example
 * export const roles = defineSeed('roles', (db) => db.repository(rolesTable).insertMany([{ name: 'admin' }]));
 */
export function defineSeed(name: string, run: (db: Database) => unknown, options: { readonly when?: 'once' | 'always' } = {}): Seed {
  return Object.freeze({ name, run, when: options.when ?? 'once' });
}
