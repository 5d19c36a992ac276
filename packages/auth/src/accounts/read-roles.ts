import { AUTH_ERRORS } from '../errors.js';

/** The names of roles, each once. Throws `AUTH_ACCOUNT_ROLES`. */
export function readRoles(given: readonly string[] = []): readonly string[] {
  const roles = [...new Set(given)];
  if (roles.length <= 50 && roles.every((role) => typeof role === 'string' && role !== '' && role.length <= 100)) return roles;
  throw AUTH_ERRORS.ACCOUNT_ROLES();
}
