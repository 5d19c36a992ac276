import { hash } from 'node:crypto';
import { HTTP_ERRORS } from '../errors.js';
import { defineFeature, type HttpFeature, type Station } from '../feature/http-feature.js';
import type { RouteContext } from '../request/http-context.js';
import { addVary } from '../request/negotiate.js';
import { createHead, type ReplyPlan } from '../route/reply-plan.js';
import { checkConditions } from './conditions.js';
import { headerOf, setReplyHeaders } from './reply-headers.js';

/**
 * ETags of answers that are held in memory, and the conditions of requests for them (RFC 9110, 13): a client that has the answer gets
 * 304 without it. The answer is made all the same; what is saved is its way. Files have theirs by themselves.
 */
export const etagFeature: HttpFeature = defineFeature({
  name: 'etag',
  deps: [],
  setup({ options, state }) {
    return {
      route({ definition, guarded }) {
        const { method, contract } = definition;
        const kind = contract.etag ?? options.etag ?? false;
        if (kind === false || (method !== 'GET' && method !== 'HEAD')) return undefined;
        const head = createHead(304, { length: false, requestId: state.requestIdHeader, noStore: guarded, security: state.security });
        const unchanged: ReplyPlan = {
          status: 304,
          kind: 'empty',
          contentType: undefined,
          serialize: null,
          encode: null,
          byType: null,
          head,
        };
        return { leaving: stationOf(kind === 'weak' ? 'W/' : '', unchanged) };
      },
    };
  },
});

function stationOf(prefix: string, unchanged: ReplyPlan): Station {
  return (context) => {
    const { payload, replyPlan } = context;
    if (replyPlan === null || replyPlan.status !== 200 || !(typeof payload === 'string' || payload instanceof Uint8Array)) return;
    let etag = headerOf(context, 'etag');
    if (etag === undefined) {
      etag = `${prefix}"${hash('sha256', payload, 'base64url').slice(0, 27)}"`;
      setReplyHeaders(context, { etag });
    }
    const condition = checkConditions(context.request, { etag, modified: modifiedOf(context) });
    if (condition === 'failed') throw HTTP_ERRORS.PRECONDITION();
    if (condition === 'changed') return;
    keepCaching(context, replyPlan);
    // Whoever adds to Vary by the type of an answer does so for this one too.
    context.replyPlan = { ...unchanged, contentType: replyPlan.contentType };
    context.payload = undefined;
  };
}

function modifiedOf(context: RouteContext): number | undefined {
  const text = headerOf(context, 'last-modified');
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

// A 304 says again how long the answer may be kept and what it depends on (RFC 9110, 15.4.5).
function keepCaching(context: RouteContext, { head }: ReplyPlan): void {
  for (let index = 0; index < head.fields.length; index += 2)
    if ((head.fields[index] as string).toLowerCase() === 'vary') addVary(context, head.fields[index + 1] as string);
  if (head.cacheAt !== -1 && headerOf(context, 'cache-control') === undefined)
    setReplyHeaders(context, { 'cache-control': head.fields[head.cacheAt] as string });
}
