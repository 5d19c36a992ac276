// A route behind a guard that says that it is open.
import { defineGuard, guarded } from '@plinth/http';

const session = defineGuard({ name: 'session', run: () => ({ user: { id: '1' } }) });
const signedIn = guarded(session);

export const routes = [
  signedIn.get('/a', {}, ({ user }) => user.id),
  signedIn.get('/b', { open: true }, ({ user }) => user.id), // wrong: `a guarded route cannot be open`
];
