import { account } from '../../lib/api.js';
import { confirmDialog, openDialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { actionButton, field, form } from '../../lib/form.js';
import { ago, toDay } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { notice } from '../../lib/notice.js';
import { addPasskey, knowsPasskeys } from '../../lib/passkeys.js';
import { badge, empty, item, panel } from '../layout.js';

/** The passkeys of the account. */
export function passkeysPanel(passkeys) {
  const element = panel(
    {
      id: 'passkeys',
      title: 'Passkeys',
      text: 'Sign in with your fingerprint, your face, or the PIN of your device. Nothing to remember, nothing to give away.',
      actions: knowsPasskeys()
        ? actionButton({ label: [icon('plus'), 'Add a passkey'], kind: passkeys.length === 0 ? 'primary' : 'secondary', run: add })
        : h('p', { class: 'hint' }, 'This browser does not know passkeys.'),
    },
    passkeys.length === 0
      ? empty('passkey', 'No passkey yet', 'It takes ten seconds, and spares you the password.')
      : h('ul', { class: 'items' }, passkeys.map(toItem)),
  );
  return element;

  async function refresh() {
    element.replaceWith(passkeysPanel(await account('GET', '/passkeys')));
  }

  async function add() {
    await addPasskey();
    notice('Your passkey is ready.');
    await refresh();
  }

  function toItem(passkey) {
    const used = passkey.usedAt ? `used ${ago(passkey.usedAt)}` : 'not used yet';
    return item({
      symbol: 'passkey',
      title: passkey.name,
      badges: passkey.deviceBound ? badge('plain', 'This device only') : badge('good', passkey.backedUp ? 'Synced' : 'Can be synced'),
      facts: `Added ${toDay(passkey.createdAt)}, ${used}`,
      actions: [
        actionButton({ label: 'Rename', kind: 'quiet', 'aria-label': `Rename ${passkey.name}`, run: () => rename(passkey) }),
        actionButton({ label: 'Remove', kind: 'quiet', 'aria-label': `Remove ${passkey.name}`, run: () => remove(passkey) }),
      ],
    });
  }

  async function rename({ id, name }) {
    const renamed = await openDialog({
      title: 'Rename the passkey',
      build: (close) =>
        form({
          children: [field({ name: 'name', label: 'Name', value: name, required: true, maxlength: 64, autofocus: true })],
          submit: 'Save',
          send: async (values) => close(await account('PATCH', `/passkeys/${encodeURIComponent(id)}`, { name: values.name.trim() })),
          actions: [h('button', { type: 'button', class: 'button button-secondary', onclick: () => close() }, 'Cancel')],
        }),
    });
    if (renamed) await refresh();
  }

  async function remove({ id, name }) {
    const sure = await confirmDialog({
      title: `Remove “${name}”?`,
      text: 'It no longer signs you in. Delete it from your device or password manager as well.',
      yes: 'Remove',
      danger: true,
    });
    if (!sure) return;
    await account('DELETE', `/passkeys/${encodeURIComponent(id)}`);
    notice('The passkey is removed.');
    await refresh();
  }
}
