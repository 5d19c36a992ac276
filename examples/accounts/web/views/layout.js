import { h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

/** A page with one thing to do, such as signing in. */
export function card({ title, lead, badge, children = [], foot }) {
  return h(
    'section',
    { class: 'narrow' },
    h(
      'div',
      { class: 'card card-main' },
      badge !== undefined && h('div', { class: 'badge-icon' }, icon(badge)),
      h('h1', {}, title),
      lead !== undefined && h('p', { class: 'lead' }, lead),
      ...children,
    ),
    foot !== undefined && h('p', { class: 'foot' }, foot),
  );
}

/** The settings: their sections beside them. */
export function settings(title, lead, ...children) {
  const link = (href, name) => h('a', { href }, name);
  return h(
    'div',
    { class: 'settings' },
    h(
      'nav',
      { class: 'side', 'aria-label': 'Settings' },
      link('/settings', 'Profile'),
      link('/settings/security', 'Security'),
      link('/settings/devices', 'Devices'),
      link('/settings/activity', 'Activity'),
    ),
    h('div', { class: 'settings-main' }, h('h1', {}, title), h('p', { class: 'lead' }, lead), ...children),
  );
}

/** A part of a page with a heading, and what can be done with all of it. */
export function panel({ id, title, text, actions, danger = false }, ...children) {
  return h(
    'section',
    { class: `card panel ${danger ? 'panel-danger' : ''}`, 'aria-labelledby': id },
    h(
      'div',
      { class: 'panel-head' },
      h('div', {}, h('h2', { id }, title), text !== undefined && h('p', { class: 'panel-text' }, text)),
      actions !== undefined && h('div', { class: 'panel-actions' }, actions),
    ),
    ...children,
  );
}

/** One line of a list: what it is, what is known of it, what can be done with it. */
export function item({ symbol, title, badges = [], facts, actions = [] }) {
  return h(
    'li',
    { class: 'item' },
    h('span', { class: 'item-icon' }, icon(symbol)),
    h(
      'div',
      { class: 'item-body' },
      h('p', { class: 'item-title' }, h('span', {}, title), badges),
      facts !== undefined && h('p', { class: 'item-facts' }, facts),
    ),
    h('div', { class: 'item-actions' }, actions),
  );
}

/** A word in a small frame: `good`, `plain`, `warning`, `bad`. */
export function badge(kind, text) {
  return h('span', { class: `badge badge-${kind}` }, text);
}

/** What stands where a list would be. */
export function empty(symbol, title, text) {
  return h(
    'div',
    { class: 'empty' },
    h('div', { class: 'badge-icon' }, icon(symbol)),
    h('p', { class: 'empty-title' }, title),
    h('p', {}, text),
  );
}
