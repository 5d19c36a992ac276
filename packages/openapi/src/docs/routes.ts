import { get, guarded, media, reply, type Contract, type HttpContext, type Reply, type RouteDefinition } from '@plinth/http';
import { DocumentCache, tagged, type Tagged } from '../document-cache.js';
import type { OpenApiOptions } from '../open-api-options.js';
import { assetTypes, readAsset, type AssetName } from './assets.js';
import { docsPage, PAGE_POLICY, startScript } from './page.js';

/** The routes of the document and of the docs page with its files. Without `open` and `guards` they exist outside production only. */
export function docsRoutes(options: OpenApiOptions): readonly RouteDefinition[] {
  const { path = '/openapi.json', docs = '/docs' } = options;
  if (path === false) return [];
  const document = define(options, path, 'application/json', (cache) => cache.get());
  if (docs === false) return [document];
  const page = tagged(docsPage({ title: options.title, docs, document: path }));
  const start = tagged(startScript);
  return [
    document,
    define(options, docs, 'text/html; charset=utf-8', () => page),
    define(options, `${docs}/start.js`, 'text/javascript; charset=utf-8', () => start),
    ...(Object.keys(assetTypes) as AssetName[]).map((name) => define(options, `${docs}/${name}`, assetTypes[name], () => readAsset(name))),
  ];
}

function define(
  options: OpenApiOptions,
  path: string,
  mediaType: string,
  content: (cache: DocumentCache) => Tagged | Promise<Tagged>,
): RouteDefinition {
  const contract = {
    returns: { 200: media(mediaType), 304: null },
    hidden: true,
    context: false,
    securityHeaders: { contentSecurityPolicy: PAGE_POLICY },
  } as const satisfies Contract;
  const answer = async (context: HttpContext, cache: DocumentCache): Promise<Reply<200, string> | Reply<304, void>> => {
    const { text, etag } = await content(cache);
    // The browser keeps its copy and asks each time whether it still holds; guarded pages must not be kept by anyone else.
    const caching = { etag, 'cache-control': options.guards === undefined ? 'no-cache' : 'private, no-cache' };
    const sent = { headers: caching };
    return matches(context.header('if-none-match'), etag) ? reply(304, undefined, sent) : reply(200, text, sent);
  };
  const deps = [DocumentCache] as const;
  if (options.guards !== undefined)
    return guarded(...(options.guards as readonly [never, ...never[]])).get(path, contract, answer, { deps });
  const route = get(path, { ...contract, open: true }, answer, { deps });
  return options.open === true ? route : { ...route, developmentOnly: true };
}

// RFC 9110, 13.1.2: weak comparison against any of the list.
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((candidate) => candidate.trim() === '*' || candidate.trim().replace(/^W\//, '') === etag);
}
