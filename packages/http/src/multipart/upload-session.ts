import { rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { UploadFolder } from './upload-folder.js';
import type { UploadInfo, UploadTarget } from './upload-target.js';

/** A file that was put somewhere for the time of a request. */
export interface StoredFile {
  readonly target: UploadTarget;
  readonly key: string;
}

/**
 * The files of one request. When it ends, however it ends, what is being written is stopped, and what was stored is removed, but for
 * what has been kept or moved.
 */
export class UploadSession {
  readonly #aborter = new AbortController();
  readonly #stored = new Set<StoredFile>();
  readonly #writing = new Set<Promise<unknown>>();
  #disposed: Promise<void> | undefined;

  /** Aborted when the request ends. */
  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  /** Stores a file until the session ends. Rejects with what the target or `content` rejects with. */
  async store(stored: StoredFile, content: Readable, info: Omit<UploadInfo, 'signal'>): Promise<void> {
    if (this.#disposed !== undefined) {
      content.destroy();
      throw ended();
    }
    this.#stored.add(stored);
    const writing = write(stored, content, { ...info, signal: this.signal });
    this.#writing.add(writing);
    const stop = () => void content.destroy(ended());
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      await writing;
    } finally {
      this.signal.removeEventListener('abort', stop);
      this.#writing.delete(writing);
    }
  }

  /** Whether a file is still the session's. */
  holds(stored: StoredFile): boolean {
    return this.#stored.has(stored) && this.#disposed === undefined;
  }

  /** Leaves a file where it is when the session ends. */
  release(stored: StoredFile): void {
    this.#stored.delete(stored);
  }

  /** Removes files in folders before anything else happens: a process that stops may not live until `dispose` is through. */
  removeNow(): void {
    for (const { target, key } of this.#stored) if (target instanceof UploadFolder) rmSync(target.path(key), { force: true });
  }

  /** Ends the session, once. Rejects with an `AggregateError` of what could not be removed. */
  dispose(): Promise<void> {
    return (this.#disposed ??= this.#end());
  }

  async #end(): Promise<void> {
    this.#aborter.abort(ended());
    await Promise.allSettled(this.#writing);
    const removals = await Promise.allSettled([...this.#stored].map(async ({ target, key }) => target.remove(key)));
    this.#stored.clear();
    const failures = removals.flatMap((removal) => (removal.status === 'rejected' ? [removal.reason as unknown] : []));
    if (failures.length > 0) throw new AggregateError(failures, 'Some uploaded files could not be removed.');
  }
}

async function write({ target, key }: StoredFile, content: Readable, info: UploadInfo): Promise<void> {
  try {
    await target.write(key, content, info);
  } catch (error) {
    content.destroy();
    throw error;
  }
}

function ended(): DOMException {
  return new DOMException('The request has ended.', 'AbortError');
}
