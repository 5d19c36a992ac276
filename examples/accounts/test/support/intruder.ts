import { randomBytes } from 'node:crypto';
import { RecoveryCodes, SESSION_COOKIE, Sessions, Totp, type NewSessionOptions } from '@plinth/auth';
import type { Account } from '@plinth/auth/accounts';
import { IDENTITY_STORE } from '@plinth/auth/oidc';
import { PASSKEY_STORE } from '@plinth/auth/passkeys';
import { newId } from '@plinth/core';
import { DATABASE } from '@plinth/data';
import type { InjectResponse } from '@plinth/http';
import type { TestRequest } from '@plinth/testing';
import { notes } from '../../src/notes/notes.table.js';
import type { Folio } from './folio.js';
import { totpCode } from './totp.js';

/** An account with everything that one can have, and the ids by which others might ask for it. */
export interface Victim {
  readonly account: Account;
  readonly ids: { readonly note: string; readonly passkey: string; readonly identity: string; readonly session: string };
  /** What no answer to anybody else may hold. */
  readonly marks: readonly string[];
}

export async function furnish({ app }: Folio, account: Account): Promise<Victim> {
  const { id: userId, email } = account;
  const mark = (what: string): string => `${what} of ${randomBytes(6).toString('hex')}`;
  const [title, passkeyName, subject] = [mark('note'), mark('passkey'), mark('subject')];
  const now = app.clock.now();
  const note = await app.get(DATABASE).repository(notes).insert({ ownerId: userId, title, text: title });
  const passkey = newId();
  await app.get(PASSKEY_STORE).insert({
    id: passkey,
    credentialId: randomBytes(16).toString('base64url'),
    userId,
    userHandle: randomBytes(32).toString('base64url'),
    publicKey: randomBytes(77).toString('base64url'),
    counter: 0,
    transports: ['internal'],
    aaguid: '00000000-0000-0000-0000-000000000000',
    deviceBound: true,
    backedUp: false,
    name: passkeyName,
    createdAt: now,
    usedAt: null,
  });
  const identity = newId();
  const at = { provider: 'local', issuer: 'http://127.0.0.1', subject };
  await app.get(IDENTITY_STORE).insert({ id: identity, userId, ...at, email, linkedAt: now, usedAt: now, tokens: null });
  const { secret } = await app.get(Totp).enrol(userId, email);
  await app.get(Totp).confirm(userId, totpCode(secret, now));
  const codes = await app.get(RecoveryCodes).generate(userId);
  const { session, token } = await app.get(Sessions).create(userId, { methods: ['pwd', 'otp'] });
  const ids = { note: note.id, passkey, identity, session: session.id };
  return { account, ids, marks: [...Object.values(ids), userId, email, title, passkeyName, subject, secret, token, ...codes] };
}

/** Every row that says a word about a user, as text: `table {…}`. */
export async function rowsAbout({ app }: Folio, { account, ids }: Victim): Promise<string[]> {
  const { knex } = app.get(DATABASE);
  const tables = (await knex('sqlite_master').where({ type: 'table' }).select('name')) as { name: string }[];
  const rows: string[] = [];
  for (const { name } of tables.filter((table) => !table.name.startsWith('sqlite_'))) {
    for (const row of (await knex(name).select('*')) as object[]) {
      const text = `${name} ${JSON.stringify(row)}`;
      if ([account.id, account.email, ...Object.values(ids)].some((mark) => text.includes(mark))) rows.push(text);
    }
  }
  return rows;
}

/** A browser with a session of this user: with a password and a second factor of just now, unless told otherwise. */
export async function browserOf({ app }: Folio, userId: string, options: NewSessionOptions = { methods: ['pwd', 'otp'] }): Promise<Ask> {
  const { token } = await app.get(Sessions).create(userId, options);
  return asking(app.client, { [SESSION_COOKIE]: token });
}

/** A browser without a session. */
export function browserOfNobody({ app }: Folio): Ask {
  return asking(app.client, {});
}

/** Sends a request as a page of this site does. */
export type Ask = (method: string, path: string, json?: unknown) => Promise<InjectResponse>;

function asking(client: Folio['app']['client'], cookies: NonNullable<TestRequest['cookies']>): Ask {
  return (method, path, json) =>
    client.fresh().request(method, path, { headers: { 'sec-fetch-site': 'same-origin' }, cookies, ...(json !== undefined && { json }) });
}
