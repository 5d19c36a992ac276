import type { SignInRecord, SignInSource, UserSource } from '@plinth/auth';
import { Injectable } from '@plinth/core';
import { DATABASE, UniqueViolation, type Database, type Insert, type Patch } from '@plinth/data';
import { CONDUIT_ERRORS, taken } from '../conduit-errors.js';
import { nameKey } from './name-key.js';
import { users, type User } from './users.table.js';

/** The accounts. */
@Injectable({ deps: [DATABASE] })
export class Users implements UserSource<User>, SignInSource<User> {
  constructor(private readonly database: Database) {}

  findById(id: string): Promise<User | undefined> {
    return this.rows.find(id);
  }

  async findForSignIn(email: string): Promise<SignInRecord<User> | undefined> {
    const user = await this.rows.findOne({ emailKey: nameKey(email) });
    return user && { user, passwordHash: user.passwordHash };
  }

  async updatePasswordHash(id: string, passwordHash: string): Promise<void> {
    await this.rows.update(id, { passwordHash });
  }

  /** Throws `CONDUIT_TAKEN` with every name that somebody else has. */
  async checkFree(names: { readonly username?: string | undefined; readonly email?: string | undefined }, self?: string): Promise<void> {
    const wanted = toKeys(names);
    if (Object.keys(wanted).length === 0) return;
    const either = Object.entries(wanted).map(([key, value]) => ({ [key]: value }));
    const others = (await this.rows.findMany({ where: { or: either } })).filter((user) => user.id !== self);
    const fields = (['username', 'email'] as const).filter((field) => others.some((user) => user[`${field}Key`] === wanted[`${field}Key`]));
    if (fields.length > 0) throw taken(fields);
  }

  insert(user: Omit<Insert<typeof users>, 'usernameKey' | 'emailKey'>): Promise<User> {
    return this.rows.insert({ ...user, usernameKey: nameKey(user.username), emailKey: nameKey(user.email) }).catch(whenTaken);
  }

  async update(id: string, change: Omit<Patch<typeof users>, 'usernameKey' | 'emailKey'>): Promise<User> {
    const user = await this.rows.update(id, { ...change, ...toKeys(change) }).catch(whenTaken);
    // Deleted since the guard saw the account.
    if (!user) throw CONDUIT_ERRORS.PROFILE_NOT_FOUND({ username: change.username ?? id });
    return user;
  }

  private get rows() {
    return this.database.repository(users);
  }
}

/** The keys of those names that are given. */
function toKeys({
  username,
  email,
}: {
  readonly username?: string | undefined;
  readonly email?: string | undefined;
}): Partial<Pick<User, 'usernameKey' | 'emailKey'>> {
  return { ...(username !== undefined && { usernameKey: nameKey(username) }), ...(email !== undefined && { emailKey: nameKey(email) }) };
}

// Two requests may ask for the same name at the same time: the database decides.
function whenTaken(error: unknown): never {
  if (!(error instanceof UniqueViolation)) throw error;
  const told = `${error.columns?.join() ?? ''} ${error.constraint ?? ''}`;
  throw taken([told.includes('email') ? 'email' : 'username']);
}
