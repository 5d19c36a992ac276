import { account } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { field, form } from '../lib/form.js';
import { card } from './layout.js';

/** Asks for the address, and says the same whether it has an account or not. */
export function showForgot() {
  const place = h('div', {});
  return fill(
    place,
    card({
      title: 'Forgotten your password?',
      lead: 'Enter your address, and we send you a link to choose a new one.',
      children: [
        form({
          children: [
            field({
              name: 'email',
              label: 'Email address',
              type: 'email',
              autocomplete: 'username',
              required: true,
              autofocus: true,
              spellcheck: 'false',
            }),
          ],
          submit: 'Send the link',
          wide: true,
          send: async ({ email }) => {
            await account('POST', '/password/forgot', { email });
            fill(place, sent(email));
            place.querySelector('h1').focus();
          },
        }),
      ],
      foot: h('a', { href: '/sign-in' }, 'Back to sign-in'),
    }),
  );
}

function sent(email) {
  const view = card({
    badge: 'mail',
    title: 'Look into your mail',
    lead: ['If ', h('strong', {}, email), ' has an account, a link is on its way.'],
    foot: h('a', { href: '/sign-in' }, 'Back to sign-in'),
  });
  view.querySelector('h1').tabIndex = -1;
  return view;
}
