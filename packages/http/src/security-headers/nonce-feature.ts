import { isMediaType } from '../contract/media-type.js';
import { readReturns } from '../contract/read-returns.js';
import { defineFeature, type HttpFeature, type Station } from '../feature/http-feature.js';
import type { RouteContext } from '../request/http-context.js';
import { policyWith } from './content-security-policy.js';
import { createBlocks, isDocumentType, type NonceHeader } from './header-blocks.js';

/** Puts the nonce of a request into the policies of its document. Routes without documents don't pay for it. */
export const nonceFeature: HttpFeature = defineFeature({
  name: 'nonce',
  deps: [],
  setup({ options, url }) {
    const blocksOf = createBlocks(options.securityHeaders, url);
    return {
      route({ definition: { contract } }) {
        const documents = [...readReturns(contract).values()].some((entry) => isMediaType(entry) && isDocumentType(entry.mediaType));
        const { nonce } = documents ? blocksOf(contract) : { nonce: [] };
        return nonce.length === 0 ? undefined : { leaving: stationOf(nonce) };
      },
    };
  },
});

function stationOf(headers: readonly NonceHeader[]): Station {
  return (context) => {
    if (context.ownNonce === '' || !isDocumentType(context.replyPlan?.contentType)) return;
    for (const { name, pieces } of headers) if (!isSet(context, name)) context.setHeader(name, policyWith(pieces, context.ownNonce));
    // A page that is kept would meet another answer's nonce in a 304, and a nonce that others have seen protects nobody.
    if (!isSet(context, 'cache-control')) context.setHeader('Cache-Control', 'no-store');
  };
}

function isSet({ extraHeaders, reply }: RouteContext, name: string): boolean {
  const lower = name.toLowerCase();
  if (extraHeaders !== null && extraHeaders.some((text, at) => at % 2 === 0 && text.toLowerCase() === lower)) return true;
  return reply?.headers !== undefined && Object.keys(reply.headers).some((header) => header.toLowerCase() === lower);
}
