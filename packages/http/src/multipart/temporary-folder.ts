import { renameSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { HTTP_ERRORS } from '../errors.js';
import { hasEnded, PROCESS_IDENTITY } from './process-identity.js';
import { UploadFolder } from './upload-folder.js';

const MARK = '.plinth-upload_';
const ours = /^\.plinth-upload_([0-9a-f-]{1,60})_/;

/**
 * The folder in which files lie while their request lasts. Until they are kept their names say which process they belong to, so that
 * those of a process that was killed can be told from those of others that share the folder.
 */
export class TemporaryFolder extends UploadFolder {
  /** Where a file lies while it is temporary. */
  override path(key: string): string {
    const { dir, base } = path.parse(super.path(key));
    return path.join(dir, `${MARK}${PROCESS_IDENTITY}_${base}`);
  }

  /** Gives a file the name that is its key, under which nothing will be removed any more. Throws `HTTP_UPLOAD_STORE`. */
  keep(key: string): void {
    try {
      renameSync(this.path(key), super.path(key));
    } catch (cause) {
      throw HTTP_ERRORS.UPLOAD_STORE({ name: key, reason: 'it could not be kept' }, { cause });
    }
  }

  /** Removes what processes that have ended have left, as a kill leaves them no time to do it. Never rejects. */
  async sweep(): Promise<void> {
    const names = await readdir(this.directory).catch(() => []);
    const left = names.filter((name) => hasEnded(ours.exec(name)?.[1] ?? ''));
    await Promise.allSettled(left.map((name) => rm(path.join(this.directory, name), { force: true })));
  }
}

const folders = new Map<string, TemporaryFolder>();

/** The temporary folder of a path; the first who asks for it has it swept. */
export function temporaryFolder(directory: string): TemporaryFolder {
  let folder = folders.get(directory);
  if (folder === undefined) {
    folders.set(directory, (folder = new TemporaryFolder(directory)));
    void folder.sweep();
  }
  return folder;
}
