import { account, request } from './api.js';

/** Who is signed in, as the page knows it: `user` is null for nobody; `pending` while the sign-in waits for its second factor. */
export const session = { user: null, pending: false, factors: [], providers: [] };

const listeners = new Set();

/** Calls a function whenever somebody else is signed in, or the own account has changed. */
export function onChange(listener) {
  listeners.add(listener);
}

export function setUser(user) {
  Object.assign(session, { user, pending: false, factors: [] });
  for (const listener of listeners) listener();
}

export function setPending(factors) {
  Object.assign(session, { user: null, pending: true, factors });
  for (const listener of listeners) listener();
}

/** Asks the server who is signed in, and by which providers one can sign in. */
export async function load() {
  const { providers, ...answer } = await request('GET', '/api/session');
  session.providers = providers;
  if (answer.state === 'nobody') setUser(null);
  else await signedIn(answer);
}

/** Takes the answer of a sign-in: resolves to whether it is complete. */
export async function signedIn({ state, factors }) {
  if (state === 'second-factor') {
    setPending(factors);
    return false;
  }
  setUser(await account('GET'));
  return true;
}

export function isAdmin() {
  return session.user?.roles.includes('admin') ?? false;
}
