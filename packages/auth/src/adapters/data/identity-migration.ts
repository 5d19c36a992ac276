import { defineMigration } from '@plinth/data';
import { authIdentities } from './identity-table.js';

/** Creates the table of identities at other providers: list it in the migrations of your `DataModule`. */
export const createAuthIdentities = defineMigration('2026_11_auth_identities', {
  up: ({ createTable }) => createTable(authIdentities),
  down: ({ dropTable }) => dropTable(authIdentities),
});
