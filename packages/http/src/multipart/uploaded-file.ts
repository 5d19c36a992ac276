import { constants, copyFile, link } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { HTTP_ERRORS } from '../errors.js';
import type { PixelSize } from './image-size.js';
import { TemporaryFolder } from './temporary-folder.js';
import { UploadFolder, writeNew } from './upload-folder.js';
import type { StoredFile, UploadSession } from './upload-session.js';
import type { UploadTarget } from './upload-target.js';

/** What was learnt of a file while it arrived. */
export interface FileFacts {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string | undefined;
  readonly pixels: PixelSize | undefined;
}

/**
 * A file of a multipart form. It is stored outside of memory and is removed when its request is over, unless it is kept or moved.
 */
export class UploadedFile {
  /** The client's file name, reduced to a safe label: for people, never for a path. */
  readonly name: string;
  /** Media type by the first bytes, never by what the client said; `application/octet-stream` for none that is known. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal; where the rule says `sha256: true`. */
  readonly sha256: string | undefined;
  /** Pixels, for PNG, JPEG, GIF and WebP. */
  readonly width: number | undefined;
  /** Pixels, for PNG, JPEG, GIF and WebP. */
  readonly height: number | undefined;
  /** Generated name: of the object in its target; in the temporary folder of the file, once it is kept. */
  readonly key: string;
  readonly #stored: StoredFile;
  readonly #session: UploadSession;

  /** @internal */
  constructor(facts: FileFacts, stored: StoredFile, session: UploadSession) {
    this.name = facts.name;
    this.type = facts.type;
    this.size = facts.size;
    this.sha256 = facts.sha256;
    this.width = facts.pixels?.width;
    this.height = facts.pixels?.height;
    this.key = stored.key;
    this.#stored = stored;
    this.#session = session;
  }

  /** Its bytes as they are read. Throws `HTTP_UPLOAD_GONE` once it is moved, kept elsewhere or removed. */
  stream(): Readable {
    const { target, key } = this.#held();
    if (target.read === undefined) throw HTTP_ERRORS.UPLOAD_GONE({ reason: 'its target gives nothing back' });
    const content = target.read(key);
    return content instanceof Readable ? content : Readable.from(pull(content), { objectMode: false });
  }

  /** All of it in memory. */
  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  /** All of it in memory, as UTF-8. Rejects with `HTTP_TEXT_ENCODING` where it is none. */
  async text(): Promise<string> {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await this.bytes());
    } catch (cause) {
      if (cause instanceof TypeError) throw HTTP_ERRORS.TEXT_ENCODING({}, { cause });
      throw cause;
    }
  }

  /** Leaves it where it is, and gives its key: from here on it is yours, and so is its removal. */
  keep(): string {
    const stored = this.#held();
    if (stored.target instanceof TemporaryFolder) stored.target.keep(stored.key);
    this.#session.release(stored);
    return stored.key;
  }

  /**
   * Moves it to a path of your own choice, where nothing may be yet, or to another target under a key (default: its own, which is
   * given back). Rejects with `HTTP_UPLOAD_MOVE`.
   */
  moveTo(to: string): Promise<string>;
  moveTo(to: UploadTarget, key?: string): Promise<string>;
  async moveTo(to: string | UploadTarget, key: string = this.key): Promise<string> {
    const stored = this.#held();
    const name = typeof to === 'string' ? path.resolve(to) : key;
    try {
      if (typeof to === 'string') await this.#toPath(stored, name);
      else await to.write(key, this.stream(), { name: this.name, type: this.type, signal: this.#session.signal });
    } catch (cause) {
      throw HTTP_ERRORS.UPLOAD_MOVE({ to: name, reason: cause instanceof Error ? cause.message : 'the target refused it' }, { cause });
    }
    this.#session.release(stored);
    // Only now: a move that fails leaves the file to the session.
    await stored.target.remove(stored.key);
    return name;
  }

  /** Name, type and size: a file in a log line says no more. */
  toJSON(): { readonly name: string; readonly type: string; readonly size: number } {
    return { name: this.name, type: this.type, size: this.size };
  }

  async #toPath({ target, key }: StoredFile, to: string): Promise<void> {
    if (!(target instanceof UploadFolder)) return writeNew(to, this.stream(), this.#session.signal);
    const from = target.path(key);
    try {
      // A second name, which fails where one is there already: a rename would silently replace it.
      await link(from, to);
    } catch (error) {
      if (!elsewhere.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await copyFile(from, to, constants.COPYFILE_EXCL);
    }
  }

  #held(): StoredFile {
    if (!this.#session.holds(this.#stored)) throw HTTP_ERRORS.UPLOAD_GONE({ reason: 'it was kept or moved, or its request is over' });
    return this.#stored;
  }
}

/** Another file system, or one without second names. */
const elsewhere = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function* pull(content: AsyncIterable<Uint8Array> | Promise<Readable | AsyncIterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  yield* (await content) as AsyncIterable<Uint8Array>;
}
