import { constants } from 'node:fs';
import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { HTTP_ERRORS } from '../errors.js';
import type { OpenedFile } from './file.js';

/** A file that was found and opened. */
export type FoundFile = Pick<OpenedFile, 'handle' | 'size' | 'modified' | 'version'>;

// Opening a named pipe for reading waits for a writer, unless it is told not to.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Opens a file for an answer, which has to close it. Throws `HTTP_NO_FILE` for what is not there, no plain file, or outside of its root. */
export async function openFile(place: { readonly root?: string; readonly path: string }): Promise<FoundFile> {
  const { root, path } = place;
  if (root === undefined) return openPlain(path);
  if (!isSafePath(path)) throw HTTP_ERRORS.NO_FILE();
  const full = resolve(root, path);
  const found = await openPlain(full);
  try {
    if (!(await liesIn(full, root, found.handle))) throw HTTP_ERRORS.NO_FILE();
    return found;
  } catch (error) {
    await found.handle.close();
    throw isMissing(error) ? HTTP_ERRORS.NO_FILE() : error;
  }
}

// What Windows reads as something else than a name: streams, devices, dots and spaces at the end that it leaves out, short names.
const windowsNames = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)|[. ]$|~\d/i;
// eslint-disable-next-line no-control-regex
const refused = /[\u0000-\u001f\u007f\\:*?"<>|]|%2f|%5c|%00/i;

/** Whether a relative path can only name something below its folder, and nothing hidden; the same on every system. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.length > 4096 || refused.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && !segment.startsWith('.') && !windowsNames.test(segment));
}

async function openPlain(path: string): Promise<FoundFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, flags);
  } catch (error) {
    throw isMissing(error) ? HTTP_ERRORS.NO_FILE() : error;
  }
  try {
    const found = await handle.stat({ bigint: true });
    if (!found.isFile()) throw HTTP_ERRORS.NO_FILE();
    const version = `${found.size.toString(36)}-${found.mtimeNs.toString(36)}`;
    return { handle, size: Number(found.size), modified: Number(found.mtimeMs), version };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether the file that is open lies below the folder when every link is followed, under the very name that was asked for. */
async function liesIn(path: string, root: string, handle: FileHandle): Promise<boolean> {
  const [real, realRoot] = await Promise.all([realpath(path), realpath(root)]);
  const folder = realRoot.endsWith(sep) ? realRoot : realRoot + sep;
  if (!real.startsWith(folder)) return false;
  // A file system that ignores case would serve one file under many names, past whatever was decided for its own.
  const asked = resolve(realRoot, path.slice(resolve(root).length + 1));
  if (real !== asked && real.toLowerCase() === asked.toLowerCase()) return false;
  // Somebody may have changed the path between opening it and looking where it leads.
  const [there, opened] = await Promise.all([stat(real, { bigint: true }), handle.stat({ bigint: true })]);
  return there.ino === opened.ino && there.dev === opened.dev;
}

const missing = new Set([
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'EACCES',
  'EPERM',
  'ENXIO',
  'EINVAL',
  'ERR_INVALID_ARG_VALUE',
]);

function isMissing(error: unknown): boolean {
  return missing.has((error as { code?: string }).code ?? '');
}
