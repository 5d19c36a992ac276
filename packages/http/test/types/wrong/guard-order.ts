// A guard that reads a fact which no guard to its left gives.
import { defineGuard, guarded, type GuardContext } from '@plinth/http';

const session = defineGuard({ name: 'session', run: () => ({ user: { id: '1' } }) });
const owner = defineGuard({ name: 'owner', run: (context: GuardContext & { user: { id: string } }) => void context.user.id });

export const fine = guarded(session, owner);
export const swapped = guarded(owner, session); // wrong: `which no guard to its left gives`
