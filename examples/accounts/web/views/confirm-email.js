import { account } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { takeLinkToken } from '../lib/link-token.js';
import { session, setUser } from '../lib/session.js';
import { notValid } from './confirm.js';
import { card } from './layout.js';

/** The token while its user signs in: only they can use it. */
let kept;

/** The link that confirms a new address, for who has asked for it. */
export async function showConfirmEmail() {
  kept = takeLinkToken() ?? kept;
  if (kept === undefined) return notValid('The link is not complete. Open it from the mail as a whole.');
  if (!session.user) return signInFirst();
  const token = kept;
  kept = undefined;
  try {
    await account('POST', '/email/confirm', { token });
  } catch (error) {
    return notValid(error.message);
  }
  setUser(await account('GET'));
  return card({
    badge: 'check',
    title: 'Your address has changed',
    lead: ['From now on you sign in with ', h('strong', {}, session.user.email), '.'],
    foot: h('a', { href: '/settings' }, 'To your settings'),
  });
}

function signInFirst() {
  return card({
    badge: 'lock',
    title: 'Sign in first',
    lead: 'Your address changes as soon as we know that it’s you.',
    children: [h('a', { href: '/sign-in?to=/email', class: 'button button-primary button-wide' }, 'Sign in')],
  });
}
