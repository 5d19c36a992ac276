import { defineMigration, integer, table, text } from '@plinth/data';

/**
 * The table of recovery codes: hashes only, in numbered places. New codes take the places of the old ones, so that of two sets that are
 * made at the same time one stands, whole.
 */
export const authRecoveryCodes = table(
  'auth_recovery_codes',
  { userId: text({ max: 255 }), place: integer(), codeHash: text({ max: 43 }) },
  { primary: ['userId', 'place'] },
);

/** Creates the table of recovery codes: list it in the migrations of your `DataModule`. */
export const createAuthRecoveryCodes = defineMigration('2026_11_auth_recovery_codes', {
  up: ({ createTable }) => createTable(authRecoveryCodes),
  down: ({ dropTable }) => dropTable(authRecoveryCodes),
});
