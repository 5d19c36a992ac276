import { optionalDep } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { AccessDenials } from './access-denials.js';

/** What `role` reads of the context: the user that a guard to its left has added. */
export interface RoleNeeds {
  readonly user: { readonly roles?: readonly string[] | undefined };
}

/**
 * A guard that wants the user to have one of these roles. It stands to the right of the guard that gives the user.
 * Refuses with `AUTH_ROLE_MISSING` (403), and notes it as `access.denied`, once a minute for each user and route.
 *
 * @example
 * const admins = guarded(session, role('admin'));
 */
export function role(...anyOf: readonly [string, ...string[]]): Guard<unknown, RoleNeeds> {
  const roles = anyOf.map((name) => JSON.stringify(name)).join(' or ');
  return defineGuard({
    name: `role(${anyOf.join(', ')})`,
    deps: [optionalDep(AccessDenials)],
    run(context: GuardContext & RoleNeeds, denials): void {
      const held = rolesOf(context.user, roles);
      if (anyOf.some((name) => held.includes(name))) return;
      denials?.note(context, roles);
      throw AUTH_ERRORS.ROLE_MISSING({ roles });
    },
  });
}

// A user without a list of roles is a mistake of the program, and says so; it lets nobody in.
function rolesOf(user: RoleNeeds['user'] | undefined, roles: string): readonly string[] {
  if (user === undefined) throw AUTH_ERRORS.USER_WITHOUT_ROLES({ roles, found: 'no guard to its left has added one' });
  if (!Array.isArray(user.roles)) throw AUTH_ERRORS.USER_WITHOUT_ROLES({ roles, found: 'its `roles` is not a list' });
  return user.roles;
}
