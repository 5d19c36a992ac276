import { Injectable } from '@plinth/core';
import { DATABASE, many, type Database, type Row } from '@plinth/data';
import type { Infer } from '@plinth/validation';
import { CONDUIT_ERRORS } from '../conduit-errors.js';
import { users, type User } from '../users/users.table.js';
import { follows } from './follows.table.js';
import type { Profile as ProfileSchema } from './profiles.schemas.js';

/** A user as others see him or her. */
export type Profile = Infer<typeof ProfileSchema>;

/** A user and, if it was asked for, who of one follows him or her. */
type FollowedUser = User & { readonly followers?: readonly Row<typeof follows>[] | undefined };

/** Profiles, and who follows whom. `viewer` is the id of who looks, if that is known. */
@Injectable({ deps: [DATABASE] })
export class Profiles {
  constructor(private readonly database: Database) {}

  /** Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async find(username: string, viewer: string | undefined): Promise<Profile> {
    return toProfile(await this.findUser(username, viewer));
  }

  /** Following twice is following once. Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async follow(username: string, followerId: string): Promise<Profile> {
    const user = await this.findUser(username);
    await this.database.repository(follows).upsert({ followerId, followedId: user.id });
    return { ...toProfile(user), following: true };
  }

  /** Throws `CONDUIT_PROFILE_NOT_FOUND`. */
  async unfollow(username: string, followerId: string): Promise<Profile> {
    const user = await this.findUser(username);
    await this.database.repository(follows).deleteMany({ followerId, followedId: user.id });
    return toProfile(user);
  }

  private async findUser(username: string, viewer?: string): Promise<FollowedUser> {
    const user = await this.database.repository(users).findOne({ username }, { with: followedBy(viewer) });
    if (!user) throw CONDUIT_ERRORS.PROFILE_NOT_FOUND({ username });
    return user;
  }
}

/** What a user is loaded with to become a profile: whether the viewer follows him or her. */
export function followedBy(viewer: string | undefined) {
  return { followers: viewer === undefined ? undefined : many(follows, 'followedId', { where: { followerId: viewer } }) };
}

/** The profile of a user who was loaded `with: followedBy(viewer)`. */
export function toProfile({ username, bio, image, followers = [] }: FollowedUser): Profile {
  return { username, bio, image, following: followers.length > 0 };
}
