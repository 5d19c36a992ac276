import { defineMigration } from '@plinth/data';
import { authSecurityLog } from './security-log-table.js';

/** Creates the table of the security log: list it in the migrations of your `DataModule`. */
export const createAuthSecurityLog = defineMigration('2026_11_auth_security_log', {
  up: ({ createTable }) => createTable(authSecurityLog),
  down: ({ dropTable }) => dropTable(authSecurityLog),
});
