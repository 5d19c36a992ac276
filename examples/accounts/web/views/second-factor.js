import { account } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { actionButton, field, form } from '../lib/form.js';
import { icon } from '../lib/icons.js';
import { notice } from '../lib/notice.js';
import { knowsPasskeys, secondFactorByPasskey } from '../lib/passkeys.js';
import { session, setUser } from '../lib/session.js';
import { go } from '../lib/router.js';
import { afterSignIn } from './after-sign-in.js';
import { card } from './layout.js';

const order = ['passkey', 'totp', 'recovery-code'];
const names = { passkey: 'Use a passkey', totp: 'Use your authenticator app', 'recovery-code': 'Use a recovery code' };

/** The second step of a sign-in: by whichever factor the account has. */
export function showSecondFactor() {
  const ways = order.filter((way) => session.factors.includes(way) && (way !== 'passkey' || knowsPasskeys()));
  const place = h('div', { class: 'stack' });
  show(ways.includes('totp') ? 'totp' : (ways[0] ?? 'totp'));
  return card({
    badge: 'shield',
    title: 'One more step',
    lead: 'Your account is protected by a second factor.',
    children: [place],
    foot: h('button', { type: 'button', class: 'link', onclick: giveUp }, 'Sign in as somebody else'),
  });

  function show(way) {
    const others = ways.filter((each) => each !== way);
    fill(
      place,
      content[way](),
      others.length > 0 &&
        h(
          'div',
          { class: 'other-ways' },
          others.map((other) => h('button', { type: 'button', class: 'link', onclick: () => show(other) }, names[other])),
        ),
    );
    place.querySelector('input, .button-primary')?.focus();
  }
}

const content = {
  totp: () =>
    codeForm({
      path: '/sign-in/totp',
      label: 'Code from your authenticator app',
      hint: 'Six digits that change every 30 seconds.',
      inputmode: 'numeric',
      autocomplete: 'one-time-code',
      class: 'code-input',
    }),
  'recovery-code': () =>
    codeForm({
      path: '/sign-in/recovery-code',
      label: 'Recovery code',
      hint: 'One of the codes that you have kept. Each works once.',
      autocomplete: 'off',
      autocapitalize: 'characters',
      spellcheck: 'false',
      class: 'mono',
      done: () => notice('Signed in with a recovery code. It cannot be used again.'),
    }),
  passkey: () =>
    actionButton({
      label: [icon('passkey'), 'Use a passkey'],
      class: 'button button-primary button-wide',
      run: async () => afterSignIn(await secondFactorByPasskey()),
    }),
};

function codeForm({ path, label, hint, done = () => undefined, ...attributes }) {
  return form({
    children: [field({ name: 'code', label, hint, required: true, autofocus: true, ...attributes })],
    submit: 'Continue',
    wide: true,
    errorField: (error) => (error.status === 401 || error.status === 422 ? 'code' : undefined),
    send: async ({ code }) => {
      await afterSignIn(await account('POST', path, { code }));
      done();
    },
  });
}

// The session that waits opens nothing, and is over in ten minutes by itself.
function giveUp() {
  setUser(null);
  void go('/sign-in');
}
