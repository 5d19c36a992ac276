import type { RouteContext } from '../request/http-context.js';
import { Reply } from './reply.js';

/** A header that the author has set on the reply or on the request's context. */
export function headerOf({ reply, extraHeaders }: RouteContext, name: string): string | undefined {
  if (reply?.headers !== undefined)
    for (const own of Object.keys(reply.headers)) if (own.toLowerCase() === name) return String(reply.headers[own]);
  if (extraHeaders !== null)
    for (let index = 0; index < extraHeaders.length; index += 2)
      if ((extraHeaders[index] as string).toLowerCase() === name) return extraHeaders[index + 1];
  return undefined;
}

/**
 * Sets headers on the reply itself, in the place of what it has under these names (lower case). Unlike those of the context they are gone
 * when an error is answered instead.
 */
export function setReplyHeaders(context: RouteContext, headers: { readonly [name: string]: string }): void {
  const { reply, replyPlan } = context;
  const kept = Object.entries(reply?.headers ?? {}).filter(([name]) => headers[name.toLowerCase()] === undefined);
  context.reply = new Reply(reply?.status ?? replyPlan?.status ?? 200, reply?.body, {
    headers: { ...Object.fromEntries(kept), ...headers },
    cookies: reply?.cookies ?? [],
  });
}

/** Whether the reply sets a cookie. */
export function setsCookie({ reply, extraHeaders }: RouteContext): boolean {
  if (reply?.cookies !== undefined && reply.cookies.length > 0) return true;
  return extraHeaders !== null && extraHeaders.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'set-cookie');
}
