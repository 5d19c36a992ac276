import { optionalDep } from '@plinth/core';
import { defineGuard, type Guard, type GuardContext } from '@plinth/http';
import { AUTH_ERRORS } from '../errors.js';
import { AccessDenials } from './access-denials.js';
import type { PermissionHolder, Roles } from './permissions.js';

/** What `permission` reads of the context: the user that a guard to its left has added. */
export interface PermissionNeeds {
  readonly user: PermissionHolder;
}

/**
 * A guard that wants the user to have a permission; list several for a route that needs several. It stands to the right of the guard
 * that gives the user. Refuses with `AUTH_PERMISSION_MISSING` (403), and notes it as `access.denied`, once a minute for each user and route.
 *
 * @example
 * const publishers = guarded(session, permission(roles, 'article.publish'));
 */
export function permission<const Permission extends string>(
  roles: Roles<Permission>,
  name: NoInfer<Permission>,
): Guard<unknown, PermissionNeeds> {
  // A name that came around the compiler would let nobody in, and nobody would know why.
  if (!Object.hasOwn(roles.permissions, name))
    throw AUTH_ERRORS.ROLES({ reason: `${JSON.stringify(name)}, which a route asks for, is not among the permissions` });
  return defineGuard({
    name: `permission(${name}: ${roles.rolesWith(name).join(', ') || 'no role'})`,
    deps: [optionalDep(AccessDenials)],
    run(context: GuardContext & PermissionNeeds, denials): void {
      const user = context.user as PermissionHolder | undefined;
      if (user === undefined) throw AUTH_ERRORS.USER_WITHOUT_ROLES({ roles: name, found: 'no guard to its left has added one' });
      if (roles.permits(user, name)) return;
      denials?.note(context, name);
      throw AUTH_ERRORS.PERMISSION_MISSING({ permission: name });
    },
  });
}
