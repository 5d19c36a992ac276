import { Passwords, PasswordSignIn, Tokens } from '@plinth/auth';
import { Injectable } from '@plinth/core';
import type { Infer } from '@plinth/validation';
import { Users } from './users.js';
import type { NewUser, UserChange, UserReply } from './users.schemas.js';
import type { User } from './users.table.js';

/** Registration, sign-in, and changes of one's own account. */
@Injectable({ deps: [Users, Passwords, PasswordSignIn, Tokens] })
export class Accounts {
  constructor(
    private readonly users: Users,
    private readonly passwords: Passwords,
    private readonly signIns: PasswordSignIn,
    private readonly tokens: Tokens,
  ) {}

  async register({ username, email, password }: Infer<typeof NewUser>['user']): Promise<User> {
    await this.users.checkFree({ username, email });
    return this.users.insert({ username, email, passwordHash: await this.passwords.hash(password) });
  }

  signIn(email: string, password: string): Promise<User> {
    return this.signIns.check(this.users, email, password);
  }

  async change(user: User, { password, bio, image, ...names }: Infer<typeof UserChange>['user']): Promise<User> {
    await this.users.checkFree(names, user.id);
    return this.users.update(user.id, {
      ...names,
      ...(bio !== undefined && { bio: bio || null }),
      ...(image !== undefined && { image: image || null }),
      ...(password !== undefined && { passwordHash: await this.passwords.hash(password) }),
    });
  }

  /** The user as the specification shows one to oneself, with a new token unless there is one. */
  async toReply(user: User, token?: string): Promise<Infer<typeof UserReply>> {
    const { email, username, bio, image } = user;
    return { user: { email, token: token ?? (await this.tokens.sign(user.id)).token, username, bio, image } };
  }
}
