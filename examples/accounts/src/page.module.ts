import { fileURLToPath } from 'node:url';
import { Module } from '@plinth/core';
import { staticFiles } from '@plinth/http/static';

/** Beside `src`, and beside `dist` too. */
const web = fileURLToPath(new URL('../web', import.meta.url));

/** The page is some forty small files, which a browser asks for at once: they are counted apart from the requests of the API. */
const rateLimit = { name: 'page', limit: 6_000, per: '1m', burst: 1_000 } as const;

/** The page: files as they are, and its entry for the paths that exist in the browser only. */
@Module({ routes: staticFiles({ root: web, open: true, fallback: 'index.html', except: ['/api'], rateLimit }) })
export class PageModule {}
