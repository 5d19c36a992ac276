import { fill, h, nextId } from './dom.js';
import { box, sentenceOf } from './notice.js';

/**
 * A labelled field. `name` is also where the server's pointers (`/email`) put their sentences. `hint` stands below it; `link` beside the
 * label. A password can be shown.
 */
export function field({ name, label, hint, link, type = 'text', value, area = false, ...attributes }) {
  const id = nextId(name);
  const describedBy = hint === undefined ? undefined : `${id}-hint`;
  const control = area
    ? h('textarea', { id, name, ...attributes, 'aria-describedby': describedBy }, value ?? '')
    : h('input', { id, name, type, value, ...attributes, 'aria-describedby': describedBy });
  return h(
    'div',
    { class: 'field' },
    h('div', { class: 'field-head' }, h('label', { for: id }, label), link),
    type === 'password' ? h('div', { class: 'with-button' }, control, revealButton(control)) : control,
    hint !== undefined && h('p', { class: 'hint', id: describedBy }, hint),
    h('p', { class: 'field-error', id: `${id}-error`, hidden: true }),
  );
}

/** A box to tick. */
export function checkbox({ name, label, checked = false }) {
  const id = nextId(name);
  return h('div', { class: 'check' }, h('input', { id, name, type: 'checkbox', checked }), h('label', { for: id }, label));
}

/**
 * A form. `send` gets the values and may reject: sentences of the server stand at their fields, others above the form. While it runs, the
 * form cannot be sent again. `errorField` says which field an error without a pointer is about.
 */
export function form({
  children,
  submit,
  send,
  kind = 'primary',
  danger = false,
  errorField = () => undefined,
  wide = false,
  actions = [],
}) {
  const problem = h('div', { class: 'form-problem' });
  const button = h('button', { class: `button ${danger ? 'button-danger' : `button-${kind}`} ${wide ? 'button-wide' : ''}` }, submit);
  const element = h(
    'form',
    { class: 'form', novalidate: true, onsubmit },
    problem,
    ...children,
    h('div', { class: 'form-actions' }, button, actions),
  );
  return element;

  async function onsubmit(event) {
    event.preventDefault();
    if (button.getAttribute('aria-disabled') === 'true') return;
    clearErrors(element, problem);
    if (!checkRequired(element)) return;
    setBusy(true);
    try {
      await send(valuesOf(element));
    } catch (error) {
      showError(error);
    } finally {
      setBusy(false);
    }
  }

  function setBusy(busy) {
    button.setAttribute('aria-disabled', String(busy));
    button.classList.toggle('is-busy', busy);
  }

  function showError(error) {
    if (error.code === 'CANCELLED') return;
    const about = errorField(error);
    const issues = error.issues?.length ? error.issues : about ? [{ pointer: `/${about}`, sentence: sentenceOf(error) }] : [];
    const shown = issues.filter((issue) => showFieldError(element, issue.pointer?.slice(1), issue.sentence ?? toSentence(issue)));
    if (shown.length > 0) element.querySelector('[aria-invalid]').focus();
    else fill(problem, box('error', sentenceOf(error)));
    if (!(error.name === 'ApiError')) console.error(error);
  }
}

/** A button that does something that takes time, and says when it fails. */
export function actionButton({ label, run, kind = 'secondary', ...attributes }) {
  const button = h('button', { type: 'button', class: `button button-${kind}`, onclick, ...attributes }, label);
  return button;

  async function onclick() {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    button.classList.add('is-busy');
    button.parentElement?.querySelector(':scope > .button-problem')?.remove();
    try {
      await run();
    } catch (error) {
      if (error.code !== 'CANCELLED') button.after(h('p', { class: 'button-problem', role: 'alert' }, sentenceOf(error)));
      if (error.name !== 'ApiError' && error.name !== 'NotAllowedError') console.error(error);
    } finally {
      button.removeAttribute('aria-disabled');
      button.classList.remove('is-busy');
    }
  }
}

/** Errors about a new password stand at its field. */
export function passwordField(error) {
  return error.code.startsWith('AUTH_PASSWORD_') ? 'password' : undefined;
}

function valuesOf(element) {
  const values = {};
  for (const control of element.elements) {
    if (!control.name) continue;
    values[control.name] = control.type === 'checkbox' ? control.checked : control.value;
  }
  return values;
}

function clearErrors(element, problem) {
  fill(problem);
  for (const line of element.querySelectorAll('.field-error')) line.hidden = true;
  for (const control of element.querySelectorAll('[aria-invalid]')) {
    control.removeAttribute('aria-invalid');
    control.removeAttribute('aria-errormessage');
  }
}

/** Empty fields are told of here, with the page's own words and not the browser's bubbles. */
function checkRequired(element) {
  const empty = [...element.elements].filter((control) => control.required && control.value.trim() === '');
  for (const control of empty) showFieldError(element, control.name, 'Please fill this in.');
  empty[0]?.focus();
  return empty.length === 0;
}

function showFieldError(element, name, sentence) {
  const control = [...element.elements].find((each) => each.name === name);
  const line = control?.closest('.field')?.querySelector('.field-error');
  if (!line) return false;
  line.textContent = sentence;
  line.hidden = false;
  control.setAttribute('aria-invalid', 'true');
  control.setAttribute('aria-errormessage', line.id);
  return true;
}

/** The server's messages go on after the name of the field: `must be an e-mail address`. */
function toSentence({ message = 'is not valid' }) {
  return `This ${message.replace(/[.]?$/, '.')}`;
}

function revealButton(control) {
  const button = h(
    'button',
    { type: 'button', class: 'reveal', 'aria-pressed': 'false', 'aria-label': 'Show the password', onclick },
    'Show',
  );
  return button;

  function onclick() {
    const shown = control.type === 'text';
    control.type = shown ? 'password' : 'text';
    button.textContent = shown ? 'Show' : 'Hide';
    button.setAttribute('aria-pressed', String(!shown));
    control.focus();
  }
}
