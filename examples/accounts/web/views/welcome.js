import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

/** What a visitor sees first. */
export function showWelcome() {
  return h(
    'div',
    { class: 'hero' },
    h('h1', {}, 'Notes that are yours alone.'),
    h('p', { class: 'hero-lead' }, 'A quiet place to write things down, behind a door that is properly locked.'),
    h(
      'div',
      { class: 'hero-actions' },
      h('a', { href: '/register', class: 'button button-primary button-large' }, 'Create an account'),
      h('a', { href: '/sign-in', class: 'button button-secondary button-large' }, 'Sign in'),
    ),
    h(
      'ul',
      { class: 'features' },
      feature('passkey', 'No password needed', 'Sign in with a passkey: your fingerprint, your face, or the PIN of your device.'),
      feature('shield', 'A second step', 'Codes of an authenticator app, and recovery codes for the day the phone is gone.'),
      feature('device', 'Every device in view', 'See where you are signed in, and sign out from anywhere.'),
    ),
  );
}

function feature(symbol, title, text) {
  return h('li', {}, h('div', { class: 'badge-icon' }, icon(symbol)), h('h2', {}, title), h('p', {}, text));
}
