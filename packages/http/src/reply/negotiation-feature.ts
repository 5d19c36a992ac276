import { isMediaType, typesOfMedia } from '../contract/media-type.js';
import { readReturns } from '../contract/read-returns.js';
import type { Contract } from '../contract/contract.js';
import { HTTP_ERRORS } from '../errors.js';
import { defineFeature, type HttpFeature } from '../feature/http-feature.js';
import { addVary, pickType } from '../request/negotiate.js';

/**
 * Refuses what a route cannot answer as the client wants it, before its handler runs: always where there is a choice
 * (`alternatives`), elsewhere where `negotiate` is on. A route with one form answers in it otherwise, as RFC 9110, 12.4.1 allows.
 */
export const negotiationFeature: HttpFeature = defineFeature({
  name: 'negotiation',
  deps: [],
  setup({ options }) {
    return {
      route({ definition: { contract }, vital }) {
        const choice = hasChoice(contract);
        if (vital || (!choice && (contract.negotiate ?? options.negotiate) !== true)) return undefined;
        const types = typesOf(contract);
        if (types === undefined) return undefined;
        return {
          admitted(context) {
            if (choice) addVary(context, 'Accept');
            if (pickType(context.request.headers.accept, types) === undefined)
              throw HTTP_ERRORS.NOT_ACCEPTABLE({ offered: types.join(', ') });
          },
        };
      },
    };
  },
});

function hasChoice(contract: Contract): boolean {
  return [...readReturns(contract).values()].some((entry) => isMediaType(entry) && typesOfMedia(entry).length > 1);
}

/** The media types of the success replies; `undefined` where one of them may be anything, or nothing. */
function typesOf(contract: Contract): readonly string[] | undefined {
  if (contract.returns === undefined) return ['text/plain'];
  const entries = [...readReturns(contract)].filter(([status]) => status < 300).map(([, entry]) => entry);
  if (entries.length === 0 || entries.includes(null)) return undefined;
  const types = entries.flatMap((entry) => (isMediaType(entry) ? typesOfMedia(entry) : ['application/json']));
  return types.some((type) => type.includes('*')) ? undefined : types;
}
