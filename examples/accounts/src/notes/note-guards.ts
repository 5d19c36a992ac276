import { session } from '@plinth/auth';
import { allowed } from '@plinth/auth/data';
import { guarded } from '@plinth/http';
import { notePolicy } from './note-policy.js';

/** Routes for users: the handler gets `user`. */
export const signedIn = guarded(session);

/** Routes about one note: it is loaded, judged by the policy, and handed to the handler as `note`. */
export const readers = guarded(session, allowed(notePolicy, 'read', { as: 'note' }));
export const editors = guarded(session, allowed(notePolicy, 'update', { as: 'note' }));
export const removers = guarded(session, allowed(notePolicy, 'delete', { as: 'note' }));
