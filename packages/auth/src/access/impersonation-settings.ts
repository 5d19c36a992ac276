import { token, type Key, type Token } from '@plinth/core';
import { AUTH_ERRORS } from '../errors.js';
import type { AuthUser, UserSource } from '../user/users.js';
import type { PermissionHolder, Roles } from './permissions.js';

/** What a user source must give for impersonation. */
export type ImpersonationUser = AuthUser & PermissionHolder;

/** `AuthModule.with({ impersonation })`. */
export interface ImpersonationOptions<Permission extends string = string> {
  readonly roles: Roles<Permission>;
  /** The permission that it needs. */
  readonly permission: NoInfer<Permission>;
  /** Where both users are found. Default `USERS`. */
  readonly users?: Key<UserSource<ImpersonationUser>>;
  /** For how many seconds at most; 1,800 (30 minutes), at most 14,400. */
  readonly lifetime?: number;
}

export interface ImpersonationSettings {
  readonly roles: Roles;
  readonly permission: string;
  /** Milliseconds. */
  readonly lifetime: number;
}

export const IMPERSONATION_SETTINGS: Token<ImpersonationSettings> = token<ImpersonationSettings>('IMPERSONATION_SETTINGS');

/** Throws `AUTH_OPTIONS`, `AUTH_ROLES`. */
export function impersonationSettings({ roles, permission, lifetime = 1_800 }: ImpersonationOptions): ImpersonationSettings {
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > 14_400)
    throw AUTH_ERRORS.OPTIONS({
      option: 'impersonation.lifetime',
      value: lifetime,
      rule: 'it must be a whole number of seconds from 1 to 14400',
    });
  if (!Object.hasOwn(roles.permissions, permission))
    throw AUTH_ERRORS.ROLES({ reason: `${JSON.stringify(permission)}, which impersonation asks for, is not among the permissions` });
  return { roles, permission, lifetime: lifetime * 1_000 };
}

/** The users of impersonation, whoever provides them. */
export const IMPERSONATION_USERS: Token<UserSource<ImpersonationUser>> = token<UserSource<ImpersonationUser>>('IMPERSONATION_USERS');
