import { account } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { initials } from '../lib/format.js';
import { mark } from '../lib/icons.js';
import { notice, sentenceOf } from '../lib/notice.js';
import { go, markLinks } from '../lib/router.js';
import { isAdmin, session, setUser } from '../lib/session.js';

/** The top of the page: the name, and for users the way around. */
export function drawHeader() {
  const { user } = session;
  const brand = h('a', { href: user ? '/notes' : '/', class: 'brand' }, mark(), 'Folio');
  fill(document.querySelector('#header'), h('div', { class: 'header-inner' }, brand, user && [navigation(), menu(user)]));
  markLinks();
}

function navigation() {
  return h(
    'nav',
    { class: 'nav', 'aria-label': 'Main' },
    h('a', { href: '/notes', 'data-section': '/notes' }, 'Notes'),
    h('a', { href: '/settings', 'data-section': '/settings' }, 'Settings'),
    isAdmin() && h('a', { href: '/admin', 'data-section': '/admin' }, 'Admin'),
  );
}

function menu(user) {
  return h(
    'div',
    { class: 'who' },
    h('span', { class: 'avatar', title: user.email, 'aria-hidden': 'true' }, initials(user)),
    h('button', { type: 'button', class: 'button button-quiet button-small', onclick: signOut }, 'Sign out'),
  );
}

async function signOut() {
  try {
    await account('POST', '/sign-out');
    setUser(null);
    await go('/sign-in');
  } catch (error) {
    // Over already: the page has gone to the sign-in. Otherwise the session is still there, and must not look as if it was not.
    if (session.user) notice(sentenceOf(error));
  }
}
