import { account } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { field, form, passwordField } from '../lib/form.js';
import { box } from '../lib/notice.js';
import { card } from './layout.js';
import { divider, providerButtons } from './providers.js';

/** Registration. What follows is the same for addresses that have an account and those that have none. */
export function showRegister() {
  const place = h('div', {});
  fill(
    place,
    card({
      title: 'Create an account',
      lead: 'We send you a link to confirm your address.',
      children: [registerForm((email) => fill(place, lookIntoYourMail(email))), providers()],
      foot: ['Already have an account? ', h('a', { href: '/sign-in' }, 'Sign in')],
    }),
  );
  return place;
}

const fields = { AUTH_ACCOUNT_ADDRESS: 'email', AUTH_ACCOUNT_NAME: 'name' };

function registerForm(done) {
  return form({
    children: [
      field({ name: 'name', label: 'Name', hint: 'Optional. What we call you.', autocomplete: 'name', autofocus: true, maxlength: 100 }),
      field({
        name: 'email',
        label: 'Email address',
        type: 'email',
        autocomplete: 'username',
        required: true,
        spellcheck: 'false',
        autocapitalize: 'none',
      }),
      field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'new-password',
        required: true,
        hint: 'At least 15 characters. A few unrelated words are easy to remember, and hard to guess.',
      }),
    ],
    submit: 'Create account',
    wide: true,
    errorField: (error) => passwordField(error) ?? fields[error.code],
    send: async ({ name, email, password }) => {
      await account('POST', '/register', { email, password, ...(name.trim() && { name: name.trim() }) });
      done(email);
    },
  });
}

function providers() {
  const buttons = providerButtons('/notes');
  return buttons.length > 0 && [divider('or'), h('div', { class: 'stack' }, buttons)];
}

function lookIntoYourMail(email) {
  const view = card({
    badge: 'mail',
    title: 'Look into your mail',
    lead: ['We have sent a link to ', h('strong', {}, email), '. Open it in this browser to finish.'],
    children: [
      box('info', 'No mail after a few minutes? Look into the folder for spam, or check the address for typing errors.'),
      h('p', { class: 'hint' }, 'While you develop, mails are shown in the terminal of the server.'),
    ],
    foot: h('a', { href: '/sign-in' }, 'Back to sign-in'),
  });
  queueMicrotask(() => {
    const heading = view.querySelector('h1');
    heading.tabIndex = -1;
    heading.focus();
  });
  return view;
}
