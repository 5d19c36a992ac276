import { bigint, boolean, defineMigration, json, table, text, timestamp, uuid } from '@plinth/data';

/** The table of passkeys: public keys, and what is known of their devices. Credential ids are longer than indexes take: found by SHA-256. */
export const authPasskeys = table('auth_passkeys', {
  id: uuid().primary(),
  credentialHash: text({ max: 43 }).unique(),
  credentialId: text({ max: 1_364 }),
  userId: text({ max: 255 }).index(),
  userHandle: text({ max: 88 }),
  publicKey: text({ max: 2_048 }),
  counter: bigint(),
  transports: json<readonly string[]>({ type: 'array' }),
  aaguid: uuid(),
  deviceBound: boolean(),
  backedUp: boolean(),
  name: text({ max: 64 }),
  createdAt: timestamp(),
  usedAt: timestamp().nullable(),
});

/** Creates the table of passkeys: list it in the migrations of your `DataModule`. */
export const createAuthPasskeys = defineMigration('2026_11_auth_passkeys', {
  up: ({ createTable }) => createTable(authPasskeys),
  down: ({ dropTable }) => dropTable(authPasskeys),
});
