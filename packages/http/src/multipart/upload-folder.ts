import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HTTP_ERRORS } from '../errors.js';
import type { UploadInfo, UploadTarget } from './upload-target.js';

const plainKey = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/**
 * A folder as a target. Files are readable by this process's user only (0600), are never overwritten, and keys are plain names: none
 * leads out of the folder. The folder is made when it is first needed.
 */
export class UploadFolder implements UploadTarget {
  readonly directory: string;
  #made: Promise<unknown> | undefined;

  constructor(directory: string) {
    this.directory = path.resolve(directory);
  }

  /** Where a file lies. Throws `HTTP_UPLOAD_STORE` for a key that is no plain name. */
  path(key: string): string {
    if (!plainKey.test(key)) throw HTTP_ERRORS.UPLOAD_STORE({ name: key.slice(0, 100), reason: 'its key is not a plain name' });
    return path.join(this.directory, key);
  }

  async write(key: string, content: Readable, { signal }: Pick<UploadInfo, 'signal'>): Promise<void> {
    const file = this.path(key);
    await (this.#made ??= mkdir(this.directory, { recursive: true, mode: 0o700 }));
    // "wx" refuses whatever is there already, links included.
    await writeNew(file, content, signal);
  }

  read(key: string): Readable {
    return createReadStream(this.path(key));
  }

  async remove(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }
}

/** Writes a file that must not be there yet; nothing of it remains when that fails. @internal */
export async function writeNew(file: string, content: Readable, signal: AbortSignal): Promise<void> {
  const output = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  let opened = false;
  output.once('open', () => (opened = true));
  try {
    await pipeline(content, output, { signal });
  } catch (error) {
    output.on('error', () => {});
    // An opening that is still under way would make the file after it was removed.
    if (!output.closed) await new Promise<void>((resolve) => output.destroy().once('close', () => resolve()));
    if (opened) await rm(file, { force: true });
    throw error;
  }
}
