import { Injectable } from '@plinth/core';
import { DATABASE, type Database } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { Users } from '../users/users.js';
import { users, type User } from '../users/users.table.js';
import { follows } from './follows.table.js';
import type { Profile as ProfileSchema } from './profiles.schemas.js';

/** A user as others see him or her. */
export type Profile = Infer<typeof ProfileSchema>;

/** Profiles, and who follows whom. `viewer` is the id of who looks, if that is known. */
@Injectable({ deps: [DATABASE, Users] })
export class Profiles {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
  ) {}

  /** Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async find(username: string, viewer: string | undefined): Promise<Profile> {
    const user = await this.findUser(username);
    return toProfile(user, (await this.followed(viewer, [user.id])).has(user.id));
  }

  /** Following twice is following once. Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async follow(username: string, followerId: string): Promise<Profile> {
    const user = await this.findUser(username);
    await this.database.repository(follows).upsert({ followerId, followedId: user.id });
    return toProfile(user, true);
  }

  /** Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async unfollow(username: string, followerId: string): Promise<Profile> {
    const user = await this.findUser(username);
    await this.database.repository(follows).deleteMany({ followerId, followedId: user.id });
    return toProfile(user, false);
  }

  /** The profiles of users by their ids: two queries, however many they are. */
  async byId(ids: readonly string[], viewer: string | undefined): Promise<ReadonlyMap<string, Profile>> {
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return new Map();
    const found = await this.database.repository(users).findMany({ where: { id: distinct } });
    const followed = await this.followed(viewer, distinct);
    return new Map(found.map((user) => [user.id, toProfile(user, followed.has(user.id))]));
  }

  private async findUser(username: string): Promise<User> {
    const user = await this.users.findByUsername(username);
    if (!user) throw CONDUIT_ERRORS.PROFILE_NOT_FOUND({ username });
    return user;
  }

  private async followed(viewer: string | undefined, ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (viewer === undefined) return new Set();
    const rows = await this.database.repository(follows).findMany({ where: { followerId: viewer, followedId: ids } });
    return new Set(rows.map((row) => row.followedId));
  }
}

function toProfile({ username, bio, image }: User, following: boolean): Profile {
  return { username, bio, image, following };
}
