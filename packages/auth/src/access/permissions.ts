import { AUTH_ERRORS } from '../errors.js';

/** The permissions of an application: names, each with what it lets somebody do. */
export type Permissions<Name extends string> = { readonly [N in Name]: string };

/** What one role permits. */
export interface RoleDefinition<Permission extends string, Role extends string> {
  /** Permissions by name; `'all'` of them. */
  readonly permits?: readonly Permission[] | 'all';
  /** Roles whose permissions it has too. */
  readonly includes?: readonly Role[];
}

/** What is asked about a user: its roles, and permissions that it was given by itself. */
export interface PermissionHolder {
  readonly roles?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/**
 * The permissions that routes and services ask for, with a sentence each. Names are checked by the compiler wherever they are used.
 *
 * @example
 * const permissions = definePermissions({ 'article.publish': 'Put articles on the front page', 'user.ban': 'Close accounts' });
 */
export function definePermissions<const Name extends string>(permissions: Permissions<Name>): Permissions<Name> {
  return Object.freeze({ ...permissions });
}

/**
 * The roles of an application, each with its permissions and the roles that it includes. Throws `AUTH_ROLES` for a role or permission
 * that does not exist, and for roles that include each other in a circle.
 *
 * @example
 * const roles = defineRoles(permissions, { editor: { permits: ['article.publish'] }, admin: { includes: ['editor'], permits: ['user.ban'] } });
 */
export function defineRoles<const Permission extends string, const Role extends string>(
  permissions: Permissions<Permission>,
  roles: { readonly [R in Role]: RoleDefinition<NoInfer<Permission>, NoInfer<Role>> },
): Roles<Permission, Role> {
  return new Roles(permissions, roles);
}

/** Roles with their permissions; made by `defineRoles`. */
export class Roles<Permission extends string = string, Role extends string = string> {
  readonly permissions: Permissions<Permission>;
  readonly #granted = new Map<string, ReadonlySet<string>>();

  /** @internal */
  constructor(permissions: Permissions<Permission>, roles: Readonly<Record<Role, RoleDefinition<Permission, Role>>>) {
    this.permissions = permissions;
    for (const role of Object.keys(roles)) this.#granted.set(role, grantsOf(role, permissions, roles, []));
  }

  /** The names of the roles. */
  get names(): readonly Role[] {
    return [...this.#granted.keys()] as Role[];
  }

  /** Whether a user has a permission, by a role or by itself. Nobody, and roles and permissions that do not exist, have none. */
  permits(user: PermissionHolder | null | undefined, permission: Permission): boolean {
    return this.permissionsOf(user).has(permission);
  }

  /** Everything that a user is permitted. */
  permissionsOf(user: PermissionHolder | null | undefined): ReadonlySet<Permission> {
    const held = listOf(user?.roles).flatMap((role) => [...(this.#granted.get(role) ?? [])]);
    const own = listOf(user?.permissions).filter((permission) => Object.hasOwn(this.permissions, permission));
    return new Set([...held, ...own] as Permission[]);
  }

  /** The roles that have a permission. */
  rolesWith(permission: Permission): readonly Role[] {
    return this.names.filter((role) => this.#granted.get(role)!.has(permission));
  }

  /** Whether every one of a user's roles is defined here. @internal */
  knows(user: PermissionHolder): boolean {
    return listOf(user.roles).every((role) => this.#granted.has(role));
  }
}

function grantsOf(
  role: string,
  permissions: Permissions<string>,
  roles: Readonly<Record<string, RoleDefinition<string, string>>>,
  path: readonly string[],
): ReadonlySet<string> {
  const here = [...path, role];
  if (path.includes(role)) throw AUTH_ERRORS.ROLES({ reason: `these roles include each other in a circle: ${here.join(' > ')}` });
  if (!Object.hasOwn(roles, role))
    throw AUTH_ERRORS.ROLES({ reason: `${path.at(-1)} includes ${JSON.stringify(role)}, which is not among them` });
  const { permits = [], includes = [] } = roles[role]!;
  const own = permits === 'all' ? Object.keys(permissions) : permits;
  const unknown = own.find((permission) => !Object.hasOwn(permissions, permission));
  if (unknown !== undefined)
    throw AUTH_ERRORS.ROLES({ reason: `${role} permits ${JSON.stringify(unknown)}, which is not among the permissions` });
  return new Set([...own, ...includes.flatMap((included) => [...grantsOf(included, permissions, roles, here)])]);
}

// A text has `includes` too, and would hold parts of names.
function listOf(names: readonly string[] | undefined): readonly string[] {
  return Array.isArray(names) ? names : [];
}
