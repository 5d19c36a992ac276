/** The prototype, not an object's own, that was last found to add nothing; most values of one application have the same. */
let bare: object | undefined;

/**
 * Whether objects with this prototype hold nothing but their own properties: it is that of object literals, or none, or a frozen
 * one that is empty and has none above it, as the values of a query string have for the sake of a stable hidden class.
 */
export function isPlainPrototype(prototype: object | null): boolean {
  return prototype === Object.prototype || prototype === null || prototype === bare || isBare(prototype);
}

function isBare(prototype: object): boolean {
  if (Object.getPrototypeOf(prototype) !== null || !Object.isFrozen(prototype) || Reflect.ownKeys(prototype).length > 0) return false;
  bare = prototype;
  return true;
}
