import { account, onStepUpNeeded } from './api.js';
import { confirmDialog, openDialog } from './dialog.js';
import { fill, h } from './dom.js';
import { actionButton, field, form } from './form.js';
import { icon } from './icons.js';
import { knowsPasskeys, proveByPasskey } from './passkeys.js';
import { go as goTo } from './router.js';
import { session } from './session.js';

/** The proofs that a route asks for by name (RFC 8176), by the way in which this page can give them. */
const kinds = { password: ['pwd'], totp: ['otp'], passkey: ['hwk', 'swk', 'user'] };

/** From now on a request that needs a recent proof asks for it in a dialog, and is then sent again. */
export function startStepUp() {
  let open;
  // Two requests that are refused together ask once.
  onStepUpNeeded((problem) => {
    open ??= prove(problem).finally(() => {
      open = undefined;
    });
    return open;
  });
}

async function prove({ code, methods, setUp }) {
  const needsFactor = code === 'AUTH_MFA_NEEDED';
  if (needsFactor && setUp) return setUpFirst();
  const status = await account('GET', '/second-factor');
  const asked = needsFactor ? [...kinds.totp, ...kinds.passkey] : methods;
  const suits = (way) => asked === undefined || kinds[way].some((kind) => asked.includes(kind));
  const ways = [
    ...(status.factors.includes('passkey') && knowsPasskeys() && suits('passkey') ? ['passkey'] : []),
    ...(status.factors.includes('totp') && suits('totp') ? ['totp'] : []),
    ...(session.user?.hasPassword && suits('password') ? ['password'] : []),
  ];
  const answer = await openDialog({
    title: 'Confirm that it’s you',
    text:
      ways.length > 0
        ? 'This is a sensitive change, so we ask once more.'
        : 'This is a sensitive change. Sign in again, and you come back here to go on.',
    build: (close) => (ways.length > 0 ? proofs(ways, close) : signInAgain(close)),
  });
  return answer === true;
}

/** Some things ask for a second factor, which this account does not have yet. */
async function setUpFirst() {
  const go = await confirmDialog({
    title: 'This needs a second factor',
    text: 'Add a passkey or an authenticator app to your account first. It takes a minute.',
    yes: 'Go to the settings',
  });
  if (go) await goTo('/settings/security');
  return false;
}

function proofs(ways, close) {
  const place = h('div', { class: 'stack' });
  show(ways.includes('password') ? 'password' : ways[0]);
  return place;

  function show(way) {
    const others = ways.filter((each) => each !== way);
    fill(
      place,
      content[way](close),
      others.length > 0 &&
        h(
          'div',
          { class: 'other-ways' },
          others.map((other) => h('button', { type: 'button', class: 'link', onclick: () => show(other) }, `Use ${names[other]} instead`)),
        ),
    );
    place.querySelector('input, .button-primary')?.focus();
  }
}

const names = { password: 'your password', totp: 'a code', passkey: 'a passkey' };

const content = {
  password: (close) =>
    proofForm(close, {
      control: field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
        autofocus: true,
      }),
      send: ({ password }) => account('POST', '/verify', { password }),
      errorField: () => 'password',
    }),
  totp: (close) =>
    proofForm(close, {
      control: field({
        name: 'code',
        label: 'Code from your authenticator app',
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        class: 'code-input',
        required: true,
        autofocus: true,
      }),
      send: ({ code }) => account('POST', '/second-factor/verify', { code }),
      errorField: () => 'code',
    }),
  passkey: (close) =>
    h(
      'div',
      { class: 'dialog-actions' },
      cancel(close),
      actionButton({
        label: [icon('passkey'), 'Use a passkey'],
        kind: 'primary',
        run: async () => {
          await proveByPasskey();
          close(true);
        },
      }),
    ),
};

const wrong = new Set(['AUTH_ACCOUNT_PASSWORD_WRONG', 'AUTH_SECOND_FACTOR_CODE']);

function proofForm(close, { control, send, errorField }) {
  return form({
    children: [control],
    submit: 'Confirm',
    errorField: (error) => (wrong.has(error.code) || error.status === 422 ? errorField() : undefined),
    send: async (values) => {
      await send(values);
      close(true);
    },
    actions: [cancel(close)],
  });
}

/** Whoever has neither password nor factor signs in again where the account comes from, and comes back here. */
function signInAgain(close) {
  const { pathname } = location;
  return h(
    'div',
    { class: 'dialog-actions' },
    cancel(close),
    session.providers.map(({ id, name }) =>
      actionButton({
        label: `Sign in with ${name}`,
        kind: 'primary',
        run: async () => {
          const { url } = await account('POST', `/identities/${id}/verify`, { returnTo: pathname });
          location.assign(url);
        },
      }),
    ),
  );
}

function cancel(close) {
  return h('button', { type: 'button', class: 'button button-secondary', onclick: () => close(false) }, 'Cancel');
}
