import { account } from '../../lib/api.js';
import { confirmDialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { actionButton } from '../../lib/form.js';
import { toDay } from '../../lib/format.js';
import { notice } from '../../lib/notice.js';
import { session } from '../../lib/session.js';
import { badge, item, panel } from '../layout.js';

/** Accounts elsewhere that sign in here. */
export function identitiesPanel(identities) {
  const { providers } = session;
  if (providers.length === 0 && identities.length === 0) return undefined;
  const nameOf = (id) => providers.find((provider) => provider.id === id)?.name ?? id;
  const free = providers.filter(({ id }) => !identities.some(({ provider }) => provider === id));
  const element = panel(
    { id: 'identities', title: 'Linked accounts', text: 'Accounts elsewhere that sign you in here.' },
    h('ul', { class: 'items' }, identities.map(linked), free.map(unlinked)),
  );
  return element;

  function linked(identity) {
    return item({
      symbol: 'link',
      title: nameOf(identity.provider),
      badges: badge('good', 'Linked'),
      facts: `${identity.email ?? 'No address'}, since ${toDay(identity.linkedAt)}`,
      actions: actionButton({
        label: 'Unlink',
        kind: 'quiet',
        'aria-label': `Unlink ${nameOf(identity.provider)}`,
        run: () => unlink(identity),
      }),
    });
  }

  function unlinked({ id, name }) {
    return item({
      symbol: 'link',
      title: name,
      badges: badge('plain', 'Not linked'),
      actions: actionButton({
        label: 'Link',
        'aria-label': `Link ${name}`,
        run: async () => {
          const { url } = await account('POST', `/identities/${id}`, { returnTo: '/settings/security' });
          location.assign(url);
        },
      }),
    });
  }

  async function unlink({ id, provider }) {
    const sure = await confirmDialog({
      title: `Unlink ${nameOf(provider)}?`,
      text: 'It no longer signs you in here.',
      yes: 'Unlink',
      danger: true,
    });
    if (!sure) return;
    await account('DELETE', `/identities/${encodeURIComponent(id)}`);
    notice(`${nameOf(provider)} is unlinked.`);
    element.replaceWith(identitiesPanel(await account('GET', '/identities')));
  }
}
