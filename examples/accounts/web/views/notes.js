import { request } from '../lib/api.js';
import { confirmDialog } from '../lib/dialog.js';
import { fill, h } from '../lib/dom.js';
import { actionButton, field, form } from '../lib/form.js';
import { ago } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { box, notice } from '../lib/notice.js';
import { go } from '../lib/router.js';
import { empty } from './layout.js';

/** The own notes: a list, and beside it the one that is open. */
export async function showNotes({ id }) {
  const isNew = id === 'new';
  const [{ items }, open] = await Promise.all([request('GET', '/api/notes'), id === undefined || isNew ? undefined : find(id)]);
  const page = h('div', { class: `notes ${id === undefined ? '' : 'notes-open'}` });
  return fill(
    page,
    h(
      'div',
      { class: 'notes-list' },
      h(
        'div',
        { class: 'page-head' },
        h(id === undefined ? 'h1' : 'h2', { class: 'page-title' }, 'Notes'),
        h('a', { href: '/notes/new', class: 'button button-primary' }, icon('plus'), 'New note'),
      ),
      items.length === 0
        ? empty('note', 'Nothing written yet', 'Your notes are seen by you alone.')
        : h('nav', { 'aria-label': 'Notes' }, h('ul', { class: 'note-cards' }, items.map(toCard))),
    ),
    id !== undefined &&
      h('div', { class: 'notes-editor' }, h('h1', { class: 'visually-hidden' }, isNew ? 'New note' : 'Note'), editor(id, open, isNew)),
  );
}

function toCard({ id, title, text, updatedAt }) {
  return h(
    'li',
    {},
    h(
      'a',
      { href: `/notes/${id}`, class: 'note-card' },
      h('span', { class: 'note-title' }, title),
      h('span', { class: 'note-text' }, text.slice(0, 140) || 'No text'),
      h('span', { class: 'note-time' }, ago(updatedAt)),
    ),
  );
}

function editor(id, note, isNew) {
  if (!isNew && note === undefined)
    return h(
      'div',
      { class: 'card' },
      box('error', 'There is no such note.'),
      h('p', { class: 'foot' }, h('a', { href: '/notes' }, 'All notes')),
    );
  const remove = async () => {
    if (!(await confirmDialog({ title: 'Delete this note?', text: 'It is gone for good then.', yes: 'Delete', danger: true }))) return;
    await request('DELETE', `/api/notes/${id}`);
    await go('/notes', { replace: true });
    notice('The note is deleted.');
  };
  return h(
    'div',
    { class: 'card' },
    h('a', { href: '/notes', class: 'back' }, '← All notes'),
    form({
      children: [
        field({
          name: 'title',
          label: 'Title',
          value: note?.title,
          required: true,
          maxlength: 120,
          autofocus: isNew,
          class: 'title-input',
        }),
        field({ name: 'text', label: 'Text', area: true, value: note?.text, rows: 12, maxlength: 10_000 }),
      ],
      submit: isNew ? 'Save note' : 'Save changes',
      send: async ({ title, text }) => {
        const values = { title: title.trim(), text };
        const saved = isNew ? await request('POST', '/api/notes', values) : await request('PATCH', `/api/notes/${id}`, values);
        await go(`/notes/${saved.id}`, { replace: true });
        notice('The note is saved.');
      },
      actions: isNew ? [] : [actionButton({ label: [icon('trash'), 'Delete'], kind: 'quiet', run: remove })],
    }),
  );
}

async function find(id) {
  try {
    return await request('GET', `/api/notes/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error.status === 404) return undefined;
    throw error;
  }
}
