import { go } from '../lib/router.js';
import { signedIn } from '../lib/session.js';

/** Goes on after a sign-in: to the second step, or to where the user wanted to be. */
export async function afterSignIn(answer) {
  const complete = await signedIn(answer);
  const to = wanted();
  if (!complete) return go(to === undefined ? '/sign-in/second-factor' : `/sign-in/second-factor?to=${encodeURIComponent(to)}`);
  return go(to ?? '/notes', { replace: true });
}

/** Where the user wanted to be: a path of this page, and nothing else, or links could lead to another site. */
export function wanted() {
  const query = new URLSearchParams(location.search);
  const to = query.get('to') ?? query.get('returnTo');
  if (to === null) return undefined;
  const url = new URL(to, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : undefined;
}
