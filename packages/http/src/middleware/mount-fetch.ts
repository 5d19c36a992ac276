import { Readable } from 'node:stream';
import type { RouteDefinition } from '../contract/contract.js';
import type { HttpContext } from '../contract/context-of.js';
import { HTTP_ERRORS } from '../errors.js';
import { Reply } from '../reply/reply.js';
import type { RouteContext } from '../request/http-context.js';
import { limitBody } from './limited-body.js';
import { bodyLimitOf, mountRoute, type MountOptions } from './mount-options.js';
import { mountedTarget } from './mounted-path.js';

/** A handler of the fetch standard, such as the `fetch` of a Hono application. */
export type FetchHandler = (request: Request, context: HttpContext) => Response | Promise<Response>;

/**
 * Hands every method at and below a path to a `(Request) => Response`. It sees a URL without that path. Bodies stream both ways, and
 * `request.signal` is that of the request. Early checks, rate limits, guards, deadline and log line are those of any route; a route of
 * the application below the path wins for its method.
 *
 * @example
 * const api = mountFetch('/v0', (request) => hono.fetch(request), { open: true });
 */
export function mountFetch(path: string, handler: FetchHandler, options: MountOptions): RouteDefinition {
  return mountRoute(path, options, (context) => run(context, handler, bodyLimitOf(context, options)), mountFetch);
}

async function run(context: RouteContext, handler: FetchHandler, limit: number): Promise<Reply> {
  const request = toRequest(context, mountedTarget(context));
  limitBody(context, limit);
  const response: unknown = await handler(request, context as unknown as HttpContext);
  if (!(response instanceof Response))
    throw HTTP_ERRORS.REPLY({ route: context.plan?.label ?? '', reason: 'a mounted handler must give a Response' });
  return toReply(context, response);
}

const withoutBody = new Set(['GET', 'HEAD']);

function toRequest(context: RouteContext, target: string): Request {
  const { request, method } = context;
  const headers = new Headers();
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    headers.append(request.rawHeaders[index] as string, request.rawHeaders[index + 1] as string);
  const hasBody = !withoutBody.has(method) && context.bodyLength > 0;
  return new Request(`${context.protocol}://${headers.get('host') ?? ''}${target}`, {
    method,
    headers,
    signal: context.signal,
    ...(hasBody && { body: Readable.toWeb(request) as ReadableStream<Uint8Array>, duplex: 'half' }),
  });
}

// Framing is the server's, and so is the date.
const ours = new Set(['connection', 'date', 'keep-alive', 'set-cookie', 'trailer', 'transfer-encoding', 'upgrade']);

function toReply(context: RouteContext, response: Response): Reply {
  if (response.bodyUsed)
    throw HTTP_ERRORS.REPLY({ route: context.plan?.label ?? '', reason: 'the body of its Response has been read already' });
  const headers: Record<string, string> = {};
  for (const [name, value] of response.headers)
    if (!ours.has(name) && (name !== 'content-length' || context.method === 'HEAD')) headers[name] = value;
  // Kept as they are: a cookie of another framework's making may have attributes that ours does not know.
  for (const line of response.headers.getSetCookie()) (context.extraHeaders ??= []).push('Set-Cookie', line);
  const empty = response.status === 204 || response.status === 205 || response.status === 304;
  // As a Node stream: one can be ended while somebody waits for its next piece, so a client that leaves ends its source at once.
  const body = response.body === null ? '' : Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  return new Reply(response.status, empty ? undefined : body, { headers });
}
