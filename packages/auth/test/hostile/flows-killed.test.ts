import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideFactory, type Key } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import { afterAll, expect, test } from 'vitest';
import {
  ApiKeys,
  ONE_TIME_STORE,
  OneTimeTokens,
  Passwords,
  REFRESH_STORE,
  RefreshTokens,
  SESSION_STORE,
  Sessions,
  Totp,
} from '@plinth/auth';
import { ACCOUNT_STORE, Accounts } from '@plinth/auth/accounts';
import { SqlAccountStore, SqlOneTimeStore, SqlRefreshStore, SqlSessionStore } from '@plinth/auth/data';
import { ADA, dataModule, OTHER_PASSWORD, PASSWORD, startAccounts, type AccountsApp } from '../account-support.js';

// What a process that is killed leaves of an SQLite database is what the files hold at that moment: they are copied after every step of a
// store, each copy is opened by another application, and what it finds there must be whole.
const root = await mkdtemp(join(tmpdir(), 'plinth-killed-'));
afterAll(() => rm(root, { recursive: true, force: true }));

/** The directories of the states that a kill could have left, each once. */
class Kills {
  readonly left = new Map<string, string>();
  readonly #from: string;
  armed = false;

  constructor(from: string) {
    this.#from = from;
  }

  /** A store that is photographed after each of its steps. */
  watch<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]): Promise<unknown> => {
          const result: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args);
          if (this.armed) await this.#keep();
          return result;
        };
      },
    });
  }

  async #keep(): Promise<void> {
    // The shared memory of the log is made anew by whoever opens it first.
    const files = (await readdir(this.#from)).filter((name) => !name.endsWith('-shm')).sort();
    const hash = createHash('sha256');
    for (const name of files) hash.update(name).update(await readFile(join(this.#from, name)));
    const key = hash.digest('hex');
    if (this.left.has(key)) return;
    const to = await mkdtemp(join(root, 'left-'));
    for (const name of files) await cp(join(this.#from, name), join(to, name));
    this.left.set(key, to);
  }
}

async function start(): Promise<{ readonly t: AccountsApp; readonly kills: Kills }> {
  const directory = await mkdtemp(join(root, 'live-'));
  const kills = new Kills(directory);
  const data = dataModule(`sqlite:${join(directory, 'app.db')}`);
  const watched = <T extends object>(key: Key<T>, make: (database: Database) => T) =>
    provideFactory(key as never, { deps: [DATABASE], create: (database: Database) => kills.watch(make(database)) as never });
  const t = await startAccounts({
    data,
    accounts: { store: watched(ACCOUNT_STORE, (database) => new SqlAccountStore(database)) },
    auth: {
      sessions: { store: watched(SESSION_STORE, (database) => new SqlSessionStore(database)) },
      oneTime: { store: watched(ONE_TIME_STORE, (database) => new SqlOneTimeStore(database)) },
      refresh: { store: watched(REFRESH_STORE, (database) => new SqlRefreshStore(database)) },
    },
  });
  return { t, kills };
}

/** What each state looks like to an application that starts after the kill. */
async function found<T>({ left }: Kills, look: (t: AccountsApp) => Promise<T>): Promise<T[]> {
  const seen: T[] = [];
  for (const directory of left.values()) {
    await using t = await startAccounts({ database: `sqlite:${join(directory, 'app.db')}` });
    seen.push(await look(t));
  }
  return seen;
}

const fits = (t: AccountsApp, purpose: string, token: string): Promise<boolean> =>
  t.app
    .get(OneTimeTokens)
    .find(purpose, token)
    .then(
      () => true,
      () => false,
    );
const kinds = (all: readonly object[]): string[] => [...new Set(all.map((each) => JSON.stringify(each)))].sort();

test('a confirmation that is killed has used its token up if and only if there is the account [AU-09]', async () => {
  const { t, kills } = await start();
  await using _stopped = t;
  const client = t.browser();
  await client.post('/account/register', { json: { email: ADA, password: PASSWORD } });
  const token = await t.token(ADA);
  kills.armed = true;
  expect((await client.post('/account/register/confirm', { json: { token } })).status).toBe(200);
  kills.armed = false;
  const states = await found(kills, async (after) => ({
    account: (await after.app.get(Accounts).findByEmail(ADA)) !== undefined,
    token: await fits(after, 'account.register', token),
  }));
  expect(kinds(states)).toEqual(
    kinds([
      { account: false, token: true },
      { account: true, token: false },
    ]),
  );
});

test('a reset that is killed has used its token up and signed everybody out if and only if the password is the new one [AU-12]', async () => {
  const { t, kills } = await start();
  await using _stopped = t;
  await t.person();
  await t.browser().post('/account/password/forgot', { json: { email: ADA } });
  const token = await t.token(ADA);
  kills.armed = true;
  expect((await t.browser().post('/account/password/reset', { json: { token, password: OTHER_PASSWORD } })).status).toBe(204);
  kills.armed = false;
  const states = await found(kills, async (after) => {
    const { id } = (await after.app.get(Accounts).findByEmail(ADA))!;
    const { passwordHash } = (await after.app.get(ACCOUNT_STORE).find(id))!;
    return {
      fresh: (await after.app.get(Passwords).verify(OTHER_PASSWORD, passwordHash!)).ok,
      token: await fits(after, 'account.reset', token),
      sessions: (await after.app.get(Sessions).list(id)).length,
    };
  });
  expect(kinds(states)).toEqual(
    kinds([
      { fresh: false, token: true, sessions: 1 },
      { fresh: true, token: false, sessions: 0 },
    ]),
  );
});

test('a removal that is killed has removed everything of the account, or nothing [AU-09]', async () => {
  const { t, kills } = await start();
  await using _stopped = t;
  const client = await t.person();
  const { id } = (await client.get('/account')).json() as { id: string };
  await t.app.get(Totp).enrol(id, ADA);
  await t.app.get(ApiKeys).create({ owner: id, name: 'key' });
  await t.app.get(RefreshTokens).issue(id);
  await t.app.get(OneTimeTokens).issue({ purpose: 'anything', subject: id, lifetime: 60 });
  kills.armed = true;
  expect((await client.delete('/account')).status).toBe(204);
  kills.armed = false;
  const counts = await found(kills, async (after) => [
    await after.app
      .get(Accounts)
      .find(id)
      .then((each) => each !== undefined),
    await after.app.get(Totp).disable(id),
    (await after.app.get(ApiKeys).revokeAll(id)) > 0,
    (await after.app.get(RefreshTokens).revokeAll(id)) > 0,
    (await after.app.get(OneTimeTokens).revokeAll(id)) > 0,
    (await after.app.get(Sessions).revokeAll(id)) > 0,
  ]);
  const [all, none] = [true, false].map((there) => Array.from({ length: 6 }, () => there));
  expect(kinds(counts)).toEqual(kinds([all!, none!]));
});
