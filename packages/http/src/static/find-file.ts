import { HTTP_ERRORS } from '../errors.js';
import { cacheControl } from '../reply/cache-control.js';
import { checkHeader } from '../reply/check-header.js';
import type { OpenedFile } from '../reply/file.js';
import { mediaTypeOf } from '../reply/media-types.js';
import { openFile, type FoundFile } from '../reply/open-file.js';
import type { ReplyHeaders } from '../reply/reply.js';
import type { RouteContext } from '../request/http-context.js';
import { addVary, pickEncoding, pickType } from '../request/negotiate.js';
import type { StaticOptions } from './static-files.js';

/** Opens the file of a path below the folder. Throws `HTTP_NO_FILE`. */
export type Finder = (context: RouteContext, path: string) => Promise<OpenedFile>;

const suffixes: ReadonlyMap<string, string> = new Map([
  ['br', '.br'],
  ['zstd', '.zst'],
  ['gzip', '.gz'],
]);
const hashedName = /[.-](?=[\w-]*\d)[\w-]{8,}\.[a-z0-9]+(?:\.map)?$/i;
const YEAR = 31_536_000;

/** A finder for one folder. */
export function createFinder(root: string, options: StaticOptions): Finder {
  const { index = 'index.html', fallback, precompressed = false } = options;
  const headersOf = createHeaders(options);

  async function openOne(context: RouteContext, path: string): Promise<OpenedFile> {
    const contentType = mediaTypeOf(path);
    if (precompressed) {
      const stored = await openStored(context, root, path);
      if (stored !== undefined) return { ...stored, contentType, headers: headersOf(context, path, contentType) };
    }
    return { ...(await openFile({ root, path })), contentType, headers: headersOf(context, path, contentType) };
  }

  return async (context, path) => {
    const name = path === '' || path.endsWith('/') ? (index === false ? '' : `${path}${index}`) : path;
    try {
      return await openOne(context, name);
    } catch (error) {
      if (fallback === undefined || !isMissing(error) || !opensPage(context, options)) throw error;
      return openOne(context, fallback);
    }
  };
}

/** The file in the coding that the client likes best, of those that are there. */
async function openStored(context: RouteContext, root: string, path: string): Promise<(FoundFile & { encoding: string }) | undefined> {
  addVary(context, 'Accept-Encoding');
  let left = [...suffixes.keys()];
  while (left.length > 0) {
    const coding = pickEncoding(context.request.headers['accept-encoding'] as string | undefined, left);
    const suffix = coding === undefined ? undefined : suffixes.get(coding);
    if (coding === undefined || suffix === undefined) return undefined;
    try {
      const [plain, stored] = await Promise.allSettled([openFile({ root, path }), openFile({ root, path: path + suffix })]);
      if (plain.status === 'fulfilled') await plain.value.handle.close();
      if (stored.status === 'rejected') throw stored.reason as Error;
      // One that is older than its original was forgotten when that was changed; one without an original is no answer.
      if (plain.status === 'fulfilled' && stored.value.modified >= plain.value.modified - 1000)
        return { ...stored.value, encoding: coding };
      await stored.value.handle.close();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    left = left.filter((other) => other !== coding);
  }
  return undefined;
}

function createHeaders(options: StaticOptions): (context: RouteContext, path: string, contentType: string) => readonly string[] {
  const { headers, immutable = false, maxAge, guards = [] } = options;
  const pattern = immutable === true ? hashedName : immutable === false ? undefined : immutable;
  const scope = guards.length > 0 ? 'private' : 'public';
  const forever = cacheControl({ scope, maxAge: YEAR, immutable: true });
  const fresh = maxAge === undefined || maxAge === 0 ? undefined : cacheControl({ scope, maxAge });
  const ask = cacheControl({ noCache: true });
  return (_context, path, contentType) => {
    const own = flatten(typeof headers === 'function' ? headers(path) : headers);
    const page = contentType.startsWith('text/html');
    const caching = pattern?.test(path) === true && !page ? forever : page ? undefined : fresh;
    // Behind a guard nothing is stored unless the author says for how long.
    if (caching !== undefined) own.push('Cache-Control', caching);
    else if (guards.length === 0) own.push('Cache-Control', ask);
    return own;
  };
}

function flatten(headers: ReplyHeaders | undefined): string[] {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(headers ?? {}))
    for (const line of [value].flat()) {
      checkHeader(name, line);
      fields.push(name, line as string);
    }
  return fields;
}

/** Whether a browser opens a page here, by its own account: scripts, images and programs get the 404 that they understand. */
function opensPage({ request, path }: RouteContext, { except = [] }: StaticOptions): boolean {
  const { accept = '', 'sec-fetch-mode': mode } = request.headers;
  if (except.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return false;
  if (mode !== undefined && mode !== 'navigate') return false;
  return accept.includes('text/html') && pickType(accept, ['text/html']) !== undefined;
}

function isMissing(error: unknown): boolean {
  return (error as { code?: string }).code === HTTP_ERRORS.NO_FILE.code;
}
