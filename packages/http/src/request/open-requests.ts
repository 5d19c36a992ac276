import type { RouteContext } from './http-context.js';

/** The requests that wait for something, as a linked list: joining and leaving cost nothing, and make no garbage. */
export interface OpenRequests {
  first: RouteContext | null;
  count: number;
}

/** Adds a request. */
export function openLink(list: OpenRequests, context: RouteContext): void {
  context.linked = true;
  context.next = list.first;
  if (list.first !== null) list.first.previous = context;
  list.first = context;
  list.count++;
}

/** Takes a request out. */
export function closeLink(list: OpenRequests, context: RouteContext): void {
  context.linked = false;
  if (context.previous === null) list.first = context.next;
  else context.previous.next = context.next;
  if (context.next !== null) context.next.previous = context.previous;
  context.previous = null;
  context.next = null;
  list.count--;
}

/** Visits every open request; the visitor may close the one it is given. */
export function forEachOpen(list: OpenRequests, visit: (context: RouteContext) => void): void {
  for (let context = list.first; context !== null;) {
    const next: RouteContext | null = context.next;
    visit(context);
    context = next;
  }
}
