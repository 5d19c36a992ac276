import { defineMigration } from '@plinth/data';
import { authAttempts } from './attempt-table.js';

/** Creates the table of counted attempts: list it in the migrations of your `DataModule`. */
export const createAuthAttempts = defineMigration('2026_11_auth_attempts', {
  up: ({ createTable }) => createTable(authAttempts),
  down: ({ dropTable }) => dropTable(authAttempts),
});
