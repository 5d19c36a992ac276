import { fill, h } from './dom.js';
import { box, sentenceOf } from './notice.js';

const routes = [];
let leave = () => undefined;
let main;
let turn = 0;

/** A view of a path: `show(params)` gives its content, or a promise of it. `guard(path)` may give another path to go to. */
export function view(path, title, show, guard = () => undefined) {
  const names = [];
  const pattern = path.replace(/:(\w+)/g, (_text, name) => {
    names.push(name);
    return '([^/]+)';
  });
  routes.push({ pattern: new RegExp(`^${pattern}$`), names, title, show, guard });
}

/** Shows the view of the address, and follows links from now on. */
export function startRouter(element) {
  main = element;
  window.addEventListener('popstate', () => void render());
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.target || link.hasAttribute('download') || link.hash) return;
    event.preventDefault();
    void go(link.pathname + link.search);
  });
  return render();
}

/** Goes to a path. `replace`: the way back does not lead here. */
export function go(path, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', path);
  else if (path !== location.pathname + location.search) history.pushState(null, '', path);
  return render();
}

/** Shows the view of the address anew. */
export async function render({ focus = true } = {}) {
  const mine = ++turn;
  leave();
  leave = () => undefined;
  const found = find(location.pathname);
  const elsewhere = found.guard(location.pathname + location.search);
  if (elsewhere !== undefined) return go(elsewhere, { replace: true });
  document.title = `${found.title} · Folio`;
  main.setAttribute('aria-busy', 'true');
  const content = await contentOf(found);
  // The user has gone on in the meantime, or was sent to the sign-in.
  if (mine !== turn) return undefined;
  main.removeAttribute('aria-busy');
  fill(main, content);
  markLinks();
  if (focus) focusOn(main);
  return undefined;
}

async function contentOf({ show, params }) {
  try {
    return await show(params);
  } catch (error) {
    if (error.name !== 'ApiError') console.error(error);
    return h('div', { class: 'narrow' }, box('error', sentenceOf(error)));
  }
}

/** Calls a function when the view that is being made is left. */
export function onLeave(listener) {
  leave = listener;
}

/** Marks the links that lead here, for the eye and for screen readers. */
export function markLinks() {
  for (const link of document.querySelectorAll('nav a[href]')) {
    const here = link.dataset.section ? location.pathname.startsWith(link.dataset.section) : link.pathname === location.pathname;
    if (here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** After a change of the view the focus goes to the first field, or to the heading, which is then read out. */
function focusOn(element) {
  const target = element.querySelector('[autofocus]') ?? element.querySelector('h1') ?? element;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function find(path) {
  for (const each of routes) {
    const values = each.pattern.exec(path)?.slice(1);
    if (values) return { ...each, params: Object.fromEntries(each.names.map((name, index) => [name, decodeURIComponent(values[index])])) };
  }
  return { ...routes.at(-1), params: {} };
}
