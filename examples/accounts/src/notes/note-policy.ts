import type { AuthUser } from '@plinth/auth';
import { tablePolicy } from '@plinth/auth/data';
import { notes } from './notes.table.js';

const own = (user: AuthUser) => ({ ownerId: user.id });

/** Notes are seen and changed by their owner, and by nobody else: not by administrators either. */
export const notePolicy = tablePolicy({ name: 'note', table: notes })(
  { read: own, create: own, update: own, delete: own },
  { fields: { update: () => ['title', 'text'] } },
);
