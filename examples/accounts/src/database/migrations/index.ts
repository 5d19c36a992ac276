import { accountMigrations, authMigrations } from '@plinth/auth/data';
import { defineMigration, type Migration } from '@plinth/data';
import { notes } from '../../notes/notes.table.js';

/** The tables of accounts and of everything that belongs to them, then those of the example. */
export const migrations: readonly Migration[] = [
  ...authMigrations,
  ...accountMigrations,
  defineMigration('2026_11_21_01_notes', {
    up: ({ createTable }) => createTable(notes),
    down: ({ dropTable }) => dropTable(notes),
  }),
];
