import { account } from '../lib/api.js';
import { field, form, passwordField } from '../lib/form.js';
import { takeLinkToken } from '../lib/link-token.js';
import { notice } from '../lib/notice.js';
import { go } from '../lib/router.js';
import { setUser } from '../lib/session.js';
import { notValid } from './confirm.js';
import { card } from './layout.js';

/** The link of a forgotten password. */
export function showReset() {
  const token = takeLinkToken();
  if (token === undefined) return notValid('The link is not complete. Open it from the mail as a whole.');
  return card({
    badge: 'lock',
    title: 'Choose a new password',
    lead: 'You are then signed out everywhere, and sign in with it.',
    children: [
      form({
        children: [
          field({
            name: 'password',
            label: 'New password',
            type: 'password',
            autocomplete: 'new-password',
            required: true,
            autofocus: true,
            hint: 'At least 15 characters.',
          }),
        ],
        submit: 'Save the password',
        wide: true,
        errorField: passwordField,
        send: async ({ password }) => {
          await account('POST', '/password/reset', { token, password });
          setUser(null);
          await go('/sign-in');
          notice('Your password has changed. Sign in with it.');
        },
      }),
    ],
  });
}
