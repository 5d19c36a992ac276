import { defineMigration } from '@plinth/data';
import { authSessions } from './session-table.js';

/** Creates the table of sessions: list it in the migrations of your `DataModule`. */
export const createAuthSessions = defineMigration('2026_11_auth_sessions', {
  up: ({ createTable }) => createTable(authSessions),
  down: ({ dropTable }) => dropTable(authSessions),
});
