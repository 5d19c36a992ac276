import { request } from '../lib/api.js';
import { confirmDialog, openDialog } from '../lib/dialog.js';
import { fill, h } from '../lib/dom.js';
import { actionButton, checkbox, form } from '../lib/form.js';
import { initials, toDay } from '../lib/format.js';
import { notice } from '../lib/notice.js';
import { session } from '../lib/session.js';
import { badge } from './layout.js';

/** All accounts, for administrators: who they are, and what can be done with them. */
export async function showAdmin() {
  const place = h('div', {});
  let search = '';
  await draw();
  return h(
    'div',
    { class: 'wide' },
    h(
      'div',
      { class: 'page-head' },
      h('div', {}, h('h1', {}, 'Accounts'), h('p', { class: 'lead' }, 'Everybody who can sign in.')),
      searchForm(),
    ),
    place,
  );

  async function draw() {
    const { items, next } = await request('GET', `/api/admin/accounts?search=${encodeURIComponent(search)}`);
    fill(
      place,
      h(
        'div',
        { class: 'card table-card' },
        h(
          'table',
          { class: 'table' },
          h('caption', { class: 'visually-hidden' }, 'Accounts'),
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              ['Account', 'Roles', 'State', 'Since'].map((name) => h('th', { scope: 'col' }, name)),
              h('th', { scope: 'col' }, h('span', { class: 'visually-hidden' }, 'Actions')),
            ),
          ),
          h('tbody', {}, items.map(toRow)),
        ),
        items.length === 0 && h('p', { class: 'empty' }, 'No account matches.'),
      ),
      h(
        'p',
        { class: 'foot' },
        next === null
          ? `${items.length} ${items.length === 1 ? 'account' : 'accounts'}`
          : `The first ${items.length}. Search to find others.`,
      ),
    );
  }

  function searchForm() {
    const input = h('input', {
      type: 'search',
      name: 'search',
      'aria-label': 'Search by address',
      placeholder: 'Search by address',
      autocomplete: 'off',
    });
    let timer;
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        search = input.value;
        void draw();
      }, 200);
    });
    return h('div', { class: 'search' }, input);
  }

  function toRow(account) {
    const isMe = account.id === session.user.id;
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        h(
          'div',
          { class: 'cell-who' },
          h('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(account)),
          h(
            'div',
            {},
            h('p', { class: 'item-title' }, account.name ?? account.email, isMe && badge('plain', 'You')),
            account.name && h('p', { class: 'item-facts' }, account.email),
          ),
        ),
      ),
      h(
        'td',
        { 'data-label': 'Roles' },
        h(
          'span',
          { class: 'badges' },
          account.roles.map((role) => badge(role === 'admin' ? 'warning' : 'plain', role)),
        ),
      ),
      h('td', { 'data-label': 'State' }, account.disabledAt === null ? badge('good', 'Active') : badge('bad', 'Disabled')),
      h('td', { 'data-label': 'Since', class: 'cell-time' }, toDay(account.createdAt)),
      h('td', { class: 'cell-actions' }, isMe ? h('span', { class: 'hint' }, 'Your own account') : actions(account)),
    );
  }

  function actions(account) {
    const path = `/api/admin/accounts/${account.id}`;
    const who = account.name ?? account.email;
    return [
      actionButton({ label: 'Roles', kind: 'quiet', 'aria-label': `Roles of ${who}`, run: () => changeRoles(account, path) }),
      actionButton({
        label: 'Sign out',
        kind: 'quiet',
        'aria-label': `Sign out ${who}`,
        run: async () => {
          const { ended } = await request('DELETE', `${path}/sessions`);
          notice(ended === 0 ? `${who} was not signed in.` : `${who} is signed out.`);
        },
      }),
      account.disabledAt === null
        ? actionButton({ label: 'Disable', kind: 'quiet', 'aria-label': `Disable ${who}`, run: () => disable(account, path) })
        : actionButton({
            label: 'Enable',
            kind: 'quiet',
            'aria-label': `Enable ${who}`,
            run: async () => {
              await request('POST', `${path}/enable`);
              notice(`${who} can sign in again.`);
              await draw();
            },
          }),
    ];
  }

  async function disable(account, path) {
    const who = account.name ?? account.email;
    const text = 'The account is signed out everywhere at once, and cannot sign in. Nothing is deleted.';
    if (!(await confirmDialog({ title: `Disable ${who}?`, text, yes: 'Disable', danger: true }))) return;
    await request('POST', `${path}/disable`);
    notice(`${who} is disabled.`);
    await draw();
  }

  async function changeRoles(account, path) {
    const done = await openDialog({
      title: `Roles of ${account.name ?? account.email}`,
      text: 'Roles count from the next request on.',
      build: (close) =>
        form({
          children: [
            checkbox({ name: 'admin', label: 'Administrator: sees and changes all accounts', checked: account.roles.includes('admin') }),
          ],
          submit: 'Save',
          send: async ({ admin }) => {
            await request('PUT', `${path}/roles`, { roles: admin ? ['user', 'admin'] : ['user'] });
            close(true);
          },
          actions: [h('button', { type: 'button', class: 'button button-secondary', onclick: () => close() }, 'Cancel')],
        }),
    });
    if (!done) return;
    notice('The roles are saved.');
    await draw();
  }
}
