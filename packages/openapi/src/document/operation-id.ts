import { isControllerMethod, type RouteDefinition } from '@plinth/http';
import { camelCase } from './schema-name.js';

/**
 * The name of an operation: the contract's `operationId`; else controller and method (`ordersCreate`); else the function's name; else
 * method and path (`getOrdersId`). Stable as long as those names are.
 */
export function operationIdOf(definition: RouteDefinition, path: string): string {
  const { contract, handler, method } = definition;
  if (contract.operationId !== undefined) return contract.operationId;
  if (isControllerMethod(handler)) {
    const controller = handler.controller.name.replace(/(?<=.)Controller$/, '');
    return camelCase(`${controller} ${String(handler.property)}`);
  }
  // `handler` is what an inline function is called by the property it is passed in.
  return handler.name !== '' && handler.name !== 'handler' ? camelCase(handler.name) : camelCase(`${method.toLowerCase()} ${path}`);
}

/** Makes operation ids unique: those that authors gave stand; a derived one that is taken gets its method and path. */
export class OperationIds {
  readonly #given: ReadonlySet<string>;
  readonly #taken = new Set<string>();

  constructor(given: readonly string[]) {
    this.#given = new Set(given);
  }

  take(definition: RouteDefinition, path: string, template: string): string {
    const wanted = operationIdOf(definition, path);
    const given = definition.contract.operationId !== undefined;
    const free = (id: string): boolean => !this.#taken.has(id) && ((given && id === wanted) || !this.#given.has(id));
    const full = camelCase(`${wanted} ${definition.method.toLowerCase()} ${template}`);
    let id = free(wanted) ? wanted : full;
    for (let count = 2; !free(id); count++) id = `${full}${count}`;
    this.#taken.add(id);
    return id;
  }
}

/** A sentence-like summary from an operation's own name: `findOne` is `Find one`. */
export function summaryOf(definition: RouteDefinition, path: string): string {
  const { contract, handler, method } = definition;
  if (contract.summary !== undefined) return contract.summary;
  const name = isControllerMethod(handler) ? String(handler.property) : handler.name;
  if (name === '' || name === 'handler') return `${method} ${path}`;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
