import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';

/** Counts the streams that each signed-in user holds open. Throws `HTTP_EVENT_STREAMS` above `max`; what it gives ends the count of one. */
export function countStreams(max: number | false): (context: RouteContext) => () => void {
  if (max === false) return () => nothing;
  const open = new Map<unknown, number>();
  return (context) => {
    const user = userOf(context);
    if (user === undefined) return nothing;
    const count = open.get(user) ?? 0;
    if (count >= max) throw HTTP_ERRORS.EVENT_STREAMS({ max });
    open.set(user, count + 1);
    return () => {
      const left = (open.get(user) ?? 1) - 1;
      if (left === 0) open.delete(user);
      else open.set(user, left);
    };
  };
}

function userOf(context: RouteContext): unknown {
  const { user } = context as { readonly user?: unknown };
  if (typeof user !== 'object' || user === null) return undefined;
  const { id } = user as { readonly id?: unknown };
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? id : undefined;
}

function nothing(): void {}
