import type { RouteContext } from '../request/http-context.js';

/** What describes the content of a reply (RFC 9110, 8 and 14) or how long it may be kept (RFC 9111, 5). A policy is no description. */
const representation =
  /^(?:content-(?!security-policy)|repr-digest$|etag$|last-modified$|cache-control$|expires$|age$|pragma$|accept-ranges$|location$)/i;

/**
 * Takes back the headers that a handler has set for the reply that it didn't come to give: an error under its ETag would be kept in its
 * place. Cookies, CORS, Vary, rate limits and all others stay.
 */
export function dropRepresentation(context: RouteContext): void {
  const { extraHeaders } = context;
  if (extraHeaders === null) return;
  const kept: string[] = [];
  for (let index = 0; index < extraHeaders.length; index += 2)
    if (!representation.test(extraHeaders[index] as string)) kept.push(extraHeaders[index] as string, extraHeaders[index + 1] as string);
  context.extraHeaders = kept.length === 0 ? null : kept;
}
