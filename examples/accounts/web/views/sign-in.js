import { account } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { actionButton, checkbox, field, form } from '../lib/form.js';
import { icon } from '../lib/icons.js';
import { box } from '../lib/notice.js';
import { callOff, knowsPasskeys, offerPasskeys, signInByPasskey } from '../lib/passkeys.js';
import { onLeave } from '../lib/router.js';
import { afterSignIn, wanted } from './after-sign-in.js';
import { card } from './layout.js';
import { divider, providerButtons, providerError } from './providers.js';

/** Sign-in by password, passkey, or at a provider. */
export function showSignIn() {
  onLeave(callOff);
  const error = providerError();
  const ended = new URLSearchParams(location.search).has('ended');
  const content = card({
    title: 'Welcome back',
    lead: 'Sign in to your notes.',
    children: [
      error !== undefined && box('error', error),
      ended && box('info', 'You have been signed out. Sign in again to go on.'),
      passwordForm(),
      divider('or'),
      h('div', { class: 'stack' }, passkeyButton(), providerButtons(wanted() ?? '/notes')),
    ],
    foot: ['New here? ', h('a', { href: '/register' }, 'Create an account')],
  });
  void offer(content);
  return content;
}

function passwordForm() {
  return form({
    children: [
      field({
        name: 'email',
        label: 'Email address',
        type: 'email',
        autocomplete: 'username webauthn',
        required: true,
        autofocus: true,
        spellcheck: 'false',
        autocapitalize: 'none',
      }),
      field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        link: h('a', { href: '/forgot' }, 'Forgotten?'),
      }),
      checkbox({ name: 'remember', label: 'Keep me signed in on this device' }),
    ],
    submit: 'Sign in',
    wide: true,
    send: async (values) => {
      callOff();
      await afterSignIn(await account('POST', '/sign-in', values));
    },
  });
}

function passkeyButton() {
  if (!knowsPasskeys()) return undefined;
  return actionButton({
    label: [icon('passkey'), 'Use a passkey'],
    class: 'button button-secondary button-wide',
    run: async () => afterSignIn(await signInByPasskey({ remember: document.querySelector('[name=remember]').checked })),
  });
}

/** Passkeys in the list of the address field. Where they cannot be offered, the form and the button are still there. */
async function offer(content) {
  try {
    const answer = await offerPasskeys();
    if (answer) await afterSignIn(answer);
  } catch (error) {
    if (error.code?.startsWith('AUTH_')) content.querySelector('.form-problem')?.replaceChildren(box('error', error.message));
  }
}
