import { account } from '../../lib/api.js';
import { confirmDialog } from '../../lib/dialog.js';
import { fill, h } from '../../lib/dom.js';
import { actionButton, field, form } from '../../lib/form.js';
import { toDay } from '../../lib/format.js';
import { box, notice } from '../../lib/notice.js';
import { go } from '../../lib/router.js';
import { session, setUser } from '../../lib/session.js';
import { panel, settings } from '../layout.js';

/** Name, address, and the end of the account. */
export function showProfile() {
  const { user } = session;
  return settings(
    'Profile',
    `Your account exists since ${toDay(user.createdAt)}.`,
    panel({ id: 'name', title: 'Name', text: 'What we call you, here and in mails.' }, nameForm(user)),
    panel({ id: 'email', title: 'Email address', text: ['You sign in with ', h('strong', {}, user.email), '.'] }, emailForm()),
    panel({
      id: 'delete',
      title: 'Delete the account',
      text: 'The account goes for good, with your notes, passkeys and devices.',
      danger: true,
      actions: actionButton({ label: 'Delete account', kind: 'danger', run: remove }),
    }),
  );
}

function nameForm(user) {
  return form({
    kind: 'secondary',
    children: [field({ name: 'name', label: 'Name', autocomplete: 'name', value: user.name ?? '', maxlength: 100 })],
    submit: 'Save name',
    errorField: (error) => (error.code === 'AUTH_ACCOUNT_NAME' ? 'name' : undefined),
    send: async ({ name }) => {
      setUser(await account('PATCH', '', { name: name.trim() || null }));
      notice('Your name is saved.');
    },
  });
}

function emailForm() {
  const place = h('div', {});
  return fill(
    place,
    form({
      kind: 'secondary',
      children: [
        field({
          name: 'email',
          label: 'New address',
          type: 'email',
          autocomplete: 'email',
          required: true,
          spellcheck: 'false',
          hint: 'We send a link to the new address, and a note to the one you have now.',
        }),
      ],
      submit: 'Change address',
      errorField: (error) => (error.code === 'AUTH_ACCOUNT_ADDRESS' ? 'email' : undefined),
      send: async ({ email }) => {
        await account('POST', '/email', { email });
        fill(place, box('info', 'A link is on its way to ', h('strong', {}, email), '. Your address changes when you open it.'));
      },
    }),
  );
}

async function remove() {
  const sure = await confirmDialog({
    title: 'Delete your account?',
    text: 'Everything that belongs to it is deleted now. Nobody can bring it back, also not we.',
    yes: 'Delete for good',
    danger: true,
  });
  if (!sure) return;
  await account('DELETE');
  setUser(null);
  await go('/');
  notice('Your account is deleted.');
}
