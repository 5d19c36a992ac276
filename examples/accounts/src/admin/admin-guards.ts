import { permission, requireMfa, session, stepUp } from '@plinth/auth';
import { guarded } from '@plinth/http';
import { roles } from '../roles.js';

/** Routes that show accounts. */
export const viewers = guarded(session, permission(roles, 'account.list'));

/** Routes that change the accounts of others: a password that was guessed, or a stolen cookie, is not enough for them. */
export const changers = guarded(session, permission(roles, 'account.change'), requireMfa(), stepUp());
