import type { Database } from '../database/database.js';

/** When and where a seed runs. */
export interface SeedOptions {
  /** `once` per database (default), or at each call of `seed.run()`, for seeds that can run again. */
  readonly when?: 'once' | 'always';
  /** Only in development (whenever `NODE_ENV` is not `production`), or only in production; default: everywhere. */
  readonly only?: 'development' | 'production';
}

/** Rows that a database should hold. */
export interface Seed {
  readonly name: string;
  readonly when: 'once' | 'always';
  readonly only?: 'development' | 'production' | undefined;
  readonly run: (db: Database) => unknown;
}

/**
 * Describes a seed; list it in `DataModule.with({ seeds })`. It runs in a transaction. Seeds run in the order they are listed.
 *
 * @example
 * export const roles = defineSeed('roles', (db) => db.repository(rolesTable).insertMany([{ name: 'admin' }]));
 */
export function defineSeed(name: string, run: (db: Database) => unknown, options: SeedOptions = {}): Seed {
  return Object.freeze({ name, run, when: options.when ?? 'once', only: options.only });
}
