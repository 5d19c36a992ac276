import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { joinPaths } from '../controller/read-routes.js';
import type { Contract, RouteDefinition } from '../contract/contract.js';
import { media } from '../contract/media-type.js';
import { HTTP_ERRORS } from '../errors.js';
import type { AnyGuard } from '../guard/define-guard.js';
import { checkHeader } from '../reply/check-header.js';
import { FileBody } from '../reply/file.js';
import { redirect } from '../reply/redirect.js';
import type { ReplyHeaders } from '../reply/reply.js';
import type { RouteContext } from '../request/http-context.js';
import { createFinder, type Finder } from './find-file.js';

/** A folder whose files are served. */
export interface StaticOptions extends Pick<Contract, 'compress' | 'cors' | 'rateLimit' | 'securityHeaders'> {
  /** The folder. It must be there when the application starts (`HTTP_STATIC`). */
  readonly root: string;
  /** Where it is served: `/assets`. Default `/`. */
  readonly path?: string;
  /** Anybody may read the files. Otherwise there must be `guards`. */
  readonly open?: true;
  /** Run left to right before a file is looked for. */
  readonly guards?: readonly AnyGuard[];
  /** The file that stands for a folder, `/docs/` for `/docs/index.html`. Default `index.html`; `false` for none. */
  readonly index?: string | false;
  /** Sent with 200 where a browser opens a page that is no file: the entry of an application with routes of its own in the browser. */
  readonly fallback?: string;
  /** Paths, and all below them, that never get the fallback: `['/api']`. */
  readonly except?: readonly string[];
  /** Seconds for which files are fresh. Default 0: browsers ask each time, and get 304. Pages (`text/html`) always do that. */
  readonly maxAge?: number;
  /** Files that never change under their name, kept for a year: `true` for names with a hash in them (`app.3f8a2b1c.js`), or a pattern for the path. */
  readonly immutable?: boolean | RegExp;
  /** `file.js.br`, `.zst` and `.gz` are sent for `file.js` to clients that take them. */
  readonly precompressed?: boolean;
  /** `strong`: hashes of the contents instead of sizes and times; for several instances whose files differ in time. */
  readonly etag?: 'weak' | 'strong' | false;
  /** Added to every file, or to that of a path. */
  readonly headers?: ReplyHeaders | ((path: string) => ReplyHeaders | undefined);
}

/**
 * Routes that serve a folder: no dot files, no lists of folders, nothing that a link leads out to, one name for each file. Throws
 * `HTTP_STATIC` where the folder is not there.
 *
 * @example
 * routes: [...staticFiles({ root: 'public', path: '/assets', open: true, immutable: true })]
 */
export function staticFiles(options: StaticOptions): readonly RouteDefinition[] {
  const root = resolve(options.root);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) throw HTTP_ERRORS.STATIC({ root });
  if (typeof options.headers === 'object')
    for (const [name, value] of Object.entries(options.headers)) for (const line of [value].flat()) checkHeader(name, line);
  const find = createFinder(root, options);
  return [definitionOf(joinPaths('/', options.path ?? '/'), options, find)];
}

function definitionOf(path: string, options: StaticOptions, find: Finder): RouteDefinition {
  const { open, guards = [], compress, cors, rateLimit, securityHeaders, index, fallback, etag = 'weak' } = options;
  const contract: Contract = {
    ...(open === true && guards.length === 0 && { open }),
    ...(compress !== undefined && { compress }),
    ...(cors !== undefined && { cors }),
    ...(rateLimit !== undefined && { rateLimit }),
    ...(securityHeaders !== undefined && { securityHeaders }),
    returns: { 200: media('*/*'), 308: null },
    hidden: true,
    context: false,
  };
  const hasPage = index !== false || fallback !== undefined;
  return {
    method: 'GET',
    path,
    below: true,
    contract,
    guards,
    around: [],
    handler: (context: never) => {
      const { rest } = (context as RouteContext).params as { readonly rest?: string };
      const folder = rest === undefined && hasPage ? withSlash(context) : undefined;
      if (folder !== undefined) return redirect(folder, 308);
      return new FileBody((request) => find(request, rest ?? ''), { etag });
    },
    definedAt: `staticFiles(${options.root} at ${path})`,
  };
}

// Relative links of the index would lead beside the folder. As it was sent, so that nothing is decoded into a Location.
function withSlash({ url }: RouteContext): string | undefined {
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  if (path.endsWith('/') || !/^\/(?!\/)/.test(path)) return undefined;
  return `${path}/${question === -1 ? '' : url.slice(question)}`;
}
