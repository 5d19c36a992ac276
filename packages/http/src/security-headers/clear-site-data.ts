import type { HttpContext } from '../contract/context-of.js';

/** What a browser can be asked to forget. */
export type SiteData = 'cache' | 'cookies' | 'storage' | 'executionContexts' | 'clientHints' | 'prefetchCache' | 'prerenderCache';

/**
 * Asks the browser to forget what it stored of this origin (`Clear-Site-Data`; ASVS 5.0, 14.3.1): for the answer of a sign-out.
 * Browsers obey on https only. Default: cache, cookies and storage.
 */
export function clearSiteData(context: Pick<HttpContext, 'setHeader'>, kinds: readonly SiteData[] = ['cache', 'cookies', 'storage']): void {
  context.setHeader('Clear-Site-Data', kinds.map((kind) => `"${kind}"`).join(', '));
}
