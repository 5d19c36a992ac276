import { defineMigration } from '@plinth/data';
import { authTotp } from './totp-table.js';

/** Creates the table of authenticators: list it in the migrations of your `DataModule`. */
export const createAuthTotp = defineMigration('2026_11_auth_totp', {
  up: ({ createTable }) => createTable(authTotp),
  down: ({ dropTable }) => dropTable(authTotp),
});
