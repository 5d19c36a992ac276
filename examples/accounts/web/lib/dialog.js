import { h, nextId } from './dom.js';

/**
 * Opens a dialog over the page. `build(close)` gives its content; `close(value)` ends it. Resolves to that value, to `undefined` when the
 * user leaves it with Escape or its button. The browser keeps the focus inside, and gives it back afterwards.
 */
export function openDialog({ title, text, build }) {
  return new Promise((resolve) => {
    const id = nextId('dialog');
    const close = (value) => {
      result = value;
      dialog.close();
    };
    let result;
    const dialog = h(
      'dialog',
      { class: 'dialog', 'aria-labelledby': id, onclose },
      h('h2', { id, class: 'dialog-title' }, title),
      text !== undefined && h('p', { class: 'dialog-text' }, text),
      build(close),
    );
    document.body.append(dialog);
    dialog.showModal();
    // What has the focus may stand far down; the dialog begins at its beginning.
    dialog.scrollTop = 0;

    function onclose() {
      dialog.remove();
      resolve(result);
    }
  });
}

/** Asks whether to go on. Resolves to true or false. */
export async function confirmDialog({ title, text, yes, danger = false }) {
  const answer = await openDialog({
    title,
    text,
    build: (close) =>
      h(
        'div',
        { class: 'dialog-actions' },
        h('button', { type: 'button', class: 'button button-secondary', autofocus: true, onclick: () => close(false) }, 'Cancel'),
        h('button', { type: 'button', class: `button ${danger ? 'button-danger' : 'button-primary'}`, onclick: () => close(true) }, yes),
      ),
  });
  return answer === true;
}
