import { HTTP_ERRORS } from '../errors.js';
import type { RouteContext } from '../request/http-context.js';

/**
 * The target as a mounted handler sees it: as it was sent, percent-encoding and all, without the segments of the path where it is
 * mounted. They are counted, not compared: an encoded letter in one of them would make it longer than what was written. Throws
 * `HTTP_PATH` for what the handler's own parser could read as another path.
 */
export function mountedTarget(context: RouteContext): string {
  const { url } = context;
  const origin = url.startsWith('/') ? url : `/${/^[^/]*\/\/[^/?#]*\/?(.*)$/.exec(url)?.[1] ?? ''}`;
  const question = origin.indexOf('?');
  const path = question === -1 ? origin : origin.slice(0, question);
  const search = question === -1 ? '' : origin.slice(question);
  const rest = withoutSegments(path, depthOf(context.plan?.pattern ?? '/')) || '/';
  if (rest.startsWith('//') || !readsAlike(rest)) throw HTTP_ERRORS.PATH({ reason: 'a mounted handler could read it as another path' });
  return rest + search;
}

function depthOf(pattern: string): number {
  return pattern === '/' ? 0 : pattern.split('/').length - 1;
}

function withoutSegments(path: string, count: number): string {
  let at = 0;
  for (let left = count; left > 0; left--) {
    at = path.indexOf('/', at + 1);
    if (at === -1) return '';
  }
  return path.slice(at);
}

// Whatever the firewall lets through: dots that a URL parser resolves, backslashes that it turns.
function readsAlike(path: string): boolean {
  return /^[\w/.~!$&'()*+,;=:@%-]*$/.test(path) && !/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}
