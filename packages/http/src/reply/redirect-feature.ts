import { readReturns } from '../contract/read-returns.js';
import { HTTP_ERRORS } from '../errors.js';
import { defineFeature, type HttpFeature } from '../feature/http-feature.js';
import { AllowedRedirect, checkTarget } from './redirect.js';

/** Where redirects may lead. */
export interface RedirectsOptions {
  /** Other origins that redirects may lead to, exact: `https://accounts.example.com`. */
  readonly origins?: readonly string[];
}

/** No redirect leads to an origin that was not named, whoever has written its `Location`. Routes without a 3xx don't pay for it. */
export const redirectFeature: HttpFeature = defineFeature({
  name: 'redirects',
  deps: [],
  setup({ options, url }) {
    for (const origin of options.redirects?.origins ?? []) checkOrigin(origin);
    const origins = [...(options.redirects?.origins ?? []), ...(url === undefined ? [] : [url.origin])];
    return {
      route({ definition: { contract } }) {
        const redirects = [...readReturns(contract).keys()].some((status) => status > 300 && status < 309 && status !== 304);
        if (!redirects) return undefined;
        return {
          leaving({ reply, extraHeaders }) {
            if (reply === null || reply.status < 300 || reply.status > 399) return;
            const allowed = reply instanceof AllowedRedirect ? reply.target : undefined;
            for (const [name, value] of Object.entries(reply.headers ?? {})) if (name.toLowerCase() === 'location') check(value);
            for (let index = 0; index < (extraHeaders?.length ?? 0); index += 2)
              if (extraHeaders?.[index]?.toLowerCase() === 'location') {
                // The error that may follow must not carry it either.
                const [, value] = extraHeaders.splice(index, 2);
                check(value);
                extraHeaders.push('Location', value as string);
                break;
              }

            function check(value: unknown): void {
              if (allowed === undefined || value !== allowed) checkTarget(value, origins);
            }
          },
        };
      },
    };
  },
});

// Compared as a whole with that of the target: one with a path, a slash or a wildcard would never match.
function checkOrigin(origin: unknown): void {
  const url = typeof origin === 'string' && /^https?:\/\//.test(origin) ? URL.parse(origin) : null;
  if (url === null || url.origin !== origin || origin.includes('*'))
    throw HTTP_ERRORS.REDIRECTS({ value: JSON.stringify(origin) ?? String(origin) });
}
