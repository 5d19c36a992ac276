import type { Key } from '@plinth/core';
import type { UserSource } from '../user/users.js';

/** The user type that a provider of users gives: what its `findById` finds. */
export type UserOf<Source> = Source extends { findById(id: string): infer Found } ? NonNullable<Awaited<Found>> : never;

/** Where a guard looks for the user. */
export interface GuardUsers<Source extends UserSource<unknown>> {
  /** The class or token that has `findById`, visible in the module of the route. Default: `USERS`. */
  readonly users: Key<Source>;
}
