import { defineFeature, type HttpFeature } from '../feature/http-feature.js';
import { headerOf, setsCookie } from './reply-headers.js';

/** Keeps an answer that sets a cookie out of caches, whatever its contract says: it belongs to one client. The rest of `cache` is constant. */
export const cacheFeature: HttpFeature = defineFeature({
  name: 'cache',
  deps: [],
  setup: () => ({
    route({ definition: { contract } }) {
      if (contract.cache === undefined || contract.cache.noStore === true) return undefined;
      return {
        leaving(context) {
          if (setsCookie(context) && headerOf(context, 'cache-control') === undefined) context.setHeader('Cache-Control', 'no-store');
        },
      };
    },
  }),
});
