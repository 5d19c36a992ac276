import { defineMigration, json, table, text, timestamp, uuid, type Migration } from '@plinth/data';

/** The table of accounts. The key of the address is unique: of two accounts with one address the database refuses the second. */
export const accounts = table('accounts', {
  id: uuid().primary(),
  email: text({ max: 320 }),
  emailKey: text({ max: 320 }).unique(),
  name: text({ max: 100 }).nullable(),
  roles: json<readonly string[]>({ type: 'array' }),
  passwordHash: text({ max: 255 }).nullable(),
  emailVerifiedAt: timestamp().nullable(),
  createdAt: timestamp(),
  disabledAt: timestamp().nullable(),
});

/** Creates the table of accounts. */
const createAccounts = defineMigration('2026_11_accounts', {
  up: ({ createTable }) => createTable(accounts),
  down: ({ dropTable }) => dropTable(accounts),
});

/** The migrations of accounts: `DataModule.with({ migrations: [...authMigrations, ...accountMigrations, ...yours] })`. */
export const accountMigrations: readonly Migration[] = [createAccounts];
