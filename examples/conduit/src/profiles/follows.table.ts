import { table, uuid } from '@plinth/data';
import { users } from '../users/users.table.js';

/** Who reads whom. */
export const follows = table(
  'follows',
  {
    followerId: uuid().references(() => users.id, { onDelete: 'cascade' }),
    followedId: uuid().references(() => users.id, { onDelete: 'cascade' }),
  },
  { primary: ['followerId', 'followedId'] },
);
