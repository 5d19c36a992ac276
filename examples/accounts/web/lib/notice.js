import { fill, h } from './dom.js';
import { icon } from './icons.js';

/** Says for some seconds what has been done, in the place of what was said before; screen readers read it out. */
export function notice(text) {
  const line = h('p', { class: 'notice' }, icon('check'), text);
  fill(document.querySelector('#notices'), line);
  setTimeout(() => line.remove(), 5_000);
}

/** A box that says what is wrong, what to look out for, or that all is well: `error`, `warning`, `info`, `success`. */
export function box(kind, ...children) {
  const name = kind === 'error' || kind === 'warning' ? 'alert' : kind === 'success' ? 'check' : 'mail';
  return h('div', { class: `box box-${kind}`, role: kind === 'error' ? 'alert' : undefined }, icon(name), h('div', {}, ...children));
}

/** What an error says to a person. */
export function sentenceOf(error) {
  if (error.retryAfter !== undefined && error.retryAfter > 5) return `${error.message} ${waitingTime(error.retryAfter)}`;
  return error.message;
}

function waitingTime(seconds) {
  const minutes = Math.ceil(seconds / 60);
  return seconds < 90 ? `Try again in ${seconds} seconds.` : `Try again in ${minutes} minutes.`;
}
