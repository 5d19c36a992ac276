import { token } from '@plinth/core';

/** The least that the framework needs to know of a user. Your own type may have any further members. */
export interface AuthUser {
  readonly id: string;
  /** The names that `role(...)` looks for. */
  readonly roles?: readonly string[];
}

/** Where guards find the user of a token or session: any provider with this method. */
export interface UserSource<User = AuthUser> {
  /** The user with this id; undefined when there is none, or when the account is closed or locked. */
  findById(id: string): Promise<User | undefined> | User | undefined;
}

/** A user and the stored hash of the password, for a sign-in. */
export interface SignInRecord<User = AuthUser> {
  readonly user: User;
  /** The PHC string that `Passwords.hash` gave; null for users who have no password. */
  readonly passwordHash: string | null;
}

/** What a sign-in needs: any object with these methods. */
export interface SignInSource<User extends AuthUser = AuthUser> {
  /** The user who signs in with this name (an e-mail address, a user name: your choice), and the hash of the password. */
  findForSignIn(name: string): Promise<SignInRecord<User> | undefined>;
  /** Stores a hash made with stronger parameters. */
  updatePasswordHash(id: string, passwordHash: string): Promise<void>;
}

/** Where guards look for users unless they are told another provider. Provide it, or write `session({ users: Users })`. */
export const USERS = token<UserSource>('USERS', { from: 'AccountsModule of @plinth/auth/accounts' });
