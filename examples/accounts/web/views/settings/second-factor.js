import { account } from '../../lib/api.js';
import { confirmDialog, openDialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { actionButton, field, form } from '../../lib/form.js';
import { notice } from '../../lib/notice.js';
import { badge, item, panel } from '../layout.js';
import { recoveryCodes } from './recovery-codes.js';

/** The authenticator app and the recovery codes. */
export function secondFactorPanel(status) {
  const element = panel(
    {
      id: 'second-factor',
      title: 'Second step',
      text: 'A code of your phone after the password, so that the password alone opens nothing.',
    },
    h(
      'ul',
      { class: 'items' },
      status.factors.includes('totp') ? enabled() : disabled(),
      status.recoveryCodes > 0 && codes(status.recoveryCodes),
    ),
  );
  return element;

  async function refresh() {
    const drawn = secondFactorPanel(await account('GET', '/second-factor'));
    element.replaceWith(drawn);
  }

  function disabled() {
    return item({
      symbol: 'phone',
      title: 'Authenticator app',
      badges: badge('plain', 'Off'),
      facts: 'Such as Aegis, Google Authenticator or 1Password.',
      actions: actionButton({
        label: 'Set up',
        run: async () => {
          const enrolment = await account('POST', '/second-factor/totp');
          const codes = await openDialog({
            title: 'Set up your authenticator app',
            text: 'Scan the code with the app, then enter the six digits that it shows.',
            build: (close) => enrolmentForm(enrolment, close),
          });
          if (codes === undefined) return;
          notice('The second step is on.');
          // None where the account has codes already.
          if (codes.length > 0) await showCodes(codes);
          await refresh();
        },
      }),
    });
  }

  function enabled() {
    return item({
      symbol: 'phone',
      title: 'Authenticator app',
      badges: badge('good', 'On'),
      facts: 'A code is asked for when you sign in with your password.',
      actions: actionButton({
        label: 'Turn off',
        run: async () => {
          const sure = await confirmDialog({
            title: 'Turn off the second step?',
            text: 'Your password alone opens your account then.',
            yes: 'Turn off',
            danger: true,
          });
          if (!sure) return;
          await account('DELETE', '/second-factor/totp');
          notice('The second step is off.');
          await refresh();
        },
      }),
    });
  }

  function codes(left) {
    return item({
      symbol: 'key',
      title: 'Recovery codes',
      badges: left < 4 ? badge('warning', `${left} left`) : badge('plain', `${left} left`),
      facts: 'For the day when your phone is gone. Each works once.',
      actions: actionButton({
        label: 'Make new ones',
        run: async () => {
          const made = await account('POST', '/second-factor/recovery-codes');
          await showCodes(made.recoveryCodes);
          await refresh();
        },
      }),
    });
  }
}

function enrolmentForm({ secret, qr }, close) {
  const image = h('img', {
    class: 'qr',
    src: `data:image/svg+xml;base64,${btoa(qr)}`,
    alt: 'QR code for your authenticator app',
    width: 200,
    height: 200,
  });
  return form({
    children: [
      h(
        'div',
        { class: 'enrolment' },
        image,
        h(
          'div',
          {},
          h('p', { class: 'hint' }, 'Cannot scan it? Enter this key by hand:'),
          h('code', { class: 'secret', id: 'totp-secret' }, inGroups(secret)),
        ),
      ),
      field({
        name: 'code',
        label: 'Code',
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        class: 'code-input',
        required: true,
        autofocus: true,
      }),
    ],
    submit: 'Turn on',
    errorField: (error) => (error.code === 'AUTH_SECOND_FACTOR_CODE' || error.status === 422 ? 'code' : undefined),
    send: async ({ code }) => close((await account('POST', '/second-factor/totp/confirm', { code })).recoveryCodes),
    actions: [h('button', { type: 'button', class: 'button button-secondary', onclick: () => close() }, 'Cancel')],
  });
}

function showCodes(codes) {
  return openDialog({
    title: 'Keep your recovery codes',
    text: 'They let you in when your phone is gone. This is the only time that they are shown.',
    build: (close) => recoveryCodes(codes, close),
  });
}

function inGroups(secret) {
  return secret.match(/.{1,4}/g).join(' ');
}
