// A guard that reads a fact which only one alternative of the anyOf to its left gives.
import { anyOf, defineGuard, guarded, type GuardContext } from '@plinth/http';

const session = defineGuard({ name: 'session', run: () => ({ user: { id: '1' } }) });
const bearer = defineGuard({ name: 'bearer', run: () => ({ user: { id: '1' }, scopes: ['a'] }) });
const scopes = defineGuard({ name: 'scopes', run: (context: GuardContext & { scopes: string[] }) => void context.scopes.length });

export const fine = guarded(bearer, scopes);
export const missing = guarded(anyOf(session, bearer), scopes); // wrong: `which no guard to its left gives`
