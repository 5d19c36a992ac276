/**
 * An element: `h('p', { class: 'hint' }, 'Text')`. Functions are listeners (`onclick`), booleans attributes that are there or not.
 * Children are nodes, texts and lists of them; what is false, null or undefined is left out. Texts are never read as markup.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodesOf(children));
  return element;
}

/** Puts these children in the place of all that an element has. */
export function fill(element, ...children) {
  element.replaceChildren(...nodesOf(children));
  return element;
}

/** A number that no other element of the page has in its id. */
export const nextId = (() => {
  let last = 0;
  return (name) => `${name}-${++last}`;
})();

function nodesOf(children) {
  return children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false);
}
