import { AUTH_ERRORS } from '../errors.js';
import type { ImpersonationSettings, ImpersonationUser } from './impersonation-settings.js';

/**
 * Throws `AUTH_PERMISSION_MISSING` or `AUTH_IMPERSONATION_REFUSED` unless this person may act as that user: never as one who may do
 * something that they may not do themselves.
 */
export function checkImpersonation(
  { roles, permission }: ImpersonationSettings,
  actor: ImpersonationUser | undefined | null,
  user: ImpersonationUser | undefined | null,
): void {
  if (!actor || !roles.permits(actor, permission)) throw AUTH_ERRORS.PERMISSION_MISSING({ permission });
  if (!user) throw refuse('there is no such user, or the account is closed');
  if (user.id === actor.id) throw refuse('this is your own account');
  const own = roles.permissionsOf(actor);
  const more = [...roles.permissionsOf(user)].some((each) => !own.has(each));
  // What a role that is not defined lets its holder do, by role(...), nobody knows here.
  const unknown = !roles.knows({ roles: (user.roles ?? []).filter((role) => !(actor.roles ?? []).includes(role)) });
  if (more || unknown) throw refuse('this user may do things that you may not');
}

/** The reason as it is kept. Throws `AUTH_IMPERSONATION_REASON`. */
export function readReason(reason: string): string {
  const text = typeof reason === 'string' ? reason.trim() : '';
  // eslint-disable-next-line no-control-regex
  if (text.length >= 3 && text.length <= 200 && text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u.test(text)) return text;
  throw AUTH_ERRORS.IMPERSONATION_REASON();
}

export function refuse(reason: string): Error {
  return AUTH_ERRORS.IMPERSONATION_REFUSED({ reason });
}
