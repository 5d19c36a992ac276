import { account } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { field, form } from '../lib/form.js';
import { takeLinkToken } from '../lib/link-token.js';
import { box, notice } from '../lib/notice.js';
import { afterSignIn } from './after-sign-in.js';
import { card } from './layout.js';

/**
 * The link of the registration's mail. The browser that has registered is known by a cookie, and signed in at once; any other is asked
 * for the password, so that nobody confirms the registration of a stranger with one click.
 */
export async function showConfirm() {
  const token = takeLinkToken();
  if (token === undefined) return notValid('The link is not complete. Open it from the mail as a whole.');
  try {
    return await done(await account('POST', '/register/confirm', { token }));
  } catch (error) {
    if (error.code === 'AUTH_REGISTRATION_PROOF') return askForPassword(token);
    return notValid(error.message);
  }
}

function askForPassword(token) {
  return card({
    badge: 'lock',
    title: 'Confirm your address',
    lead: 'This is not the browser that you registered with. Enter the password that you chose, and your account is ready.',
    children: [
      form({
        children: [
          field({
            name: 'password',
            label: 'Password',
            type: 'password',
            autocomplete: 'current-password',
            required: true,
            autofocus: true,
          }),
        ],
        submit: 'Confirm',
        wide: true,
        errorField: () => 'password',
        send: async ({ password }) => done(await account('POST', '/register/confirm', { token, password })),
      }),
    ],
    foot: 'You have not registered? Close this page: without the password nothing happens.',
  });
}

async function done(answer) {
  await afterSignIn(answer);
  notice('Your address is confirmed. Welcome!');
  return h('p');
}

export function notValid(text) {
  const place = h('div', {});
  return fill(
    place,
    card({
      badge: 'alert',
      title: 'This link does not work',
      children: [box('error', text)],
      foot: [h('a', { href: '/register' }, 'Register anew'), ' · ', h('a', { href: '/sign-in' }, 'Sign in')],
    }),
  );
}
