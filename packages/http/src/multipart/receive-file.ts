import { createHash, randomUUID, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '@plinth/core';
import { HTTP_ERRORS } from '../errors.js';
import { checkPixels, checkSize, checkType, type FileIssue } from './check-file.js';
import { endingOf, toFileLabel } from './file-label.js';
import { factsOf } from './file-types.js';
import type { FileRules } from './form-parts.js';
import { JpegSize, readPixelSize, type PixelSize } from './image-size.js';
import type { PartHead } from './part-head.js';
import { HEAD_OF_FILE, sniffType } from './sniff-type.js';
import type { UploadSession } from './upload-session.js';
import type { UploadTarget } from './upload-target.js';
import { UploadedFile } from './uploaded-file.js';

/** What became of a file: stored, refused by a rule, or none at all, as browsers send an input that was left empty. */
export type ReceivedFile = { readonly file: UploadedFile } | { readonly issue: FileIssue } | undefined;

/** Where a file goes, and what it has to be. */
export interface FileReceipt {
  readonly rules: FileRules;
  /** Bytes. */
  readonly limit: number;
  readonly target: UploadTarget;
  readonly session: UploadSession;
}

/**
 * Looks at a file's first bytes, then stores it as it arrives: never more of it in memory than a few chunks. Rejects with
 * `HTTP_FILE_TOO_LARGE`, `HTTP_UPLOAD_STORE` and what the part itself fails with.
 */
export async function receiveFile(part: Readable, head: PartHead, receipt: FileReceipt): Promise<ReceivedFile> {
  const { rules, session, target } = receipt;
  const content = new FileContent(part, head.name, receipt);
  const begin = await content.begin();
  if (head.filename === '' && begin.length === 0) return undefined;
  const label = toFileLabel(head.filename ?? '');
  const type = sniffType(begin, endingOf(label), content.ended);
  const misfit =
    begin.length === 0 ? checkSize(0, rules) : (checkType(type, { label, claimed: head.type }, rules) ?? content.measure(type, begin));
  if (misfit !== undefined) return content.refuse(misfit);

  const stored = { target, key: `${randomUUID()}.${factsOf(type)?.endings[0] ?? 'bin'}` };
  const readable = Readable.from(content.pieces(), { objectMode: false });
  try {
    await session.store(stored, readable, { name: label, type });
  } catch (cause) {
    throw content.failure ?? storeError(head.name, cause);
  }
  // A target that resolves too early has not stored what was sent.
  if (!content.ended) throw storeError(head.name, new Error('the target did not read it to its end'));
  const issue = checkSize(content.size, rules) ?? checkPixels(type, content.pixels, rules);
  if (issue !== undefined) return { issue };
  const facts = { name: label, type, size: content.size, sha256: content.digest(), pixels: content.pixels };
  return { file: new UploadedFile(facts, stored, session) };
}

/** The bytes of one file on their way: counted, hashed and measured as they pass. */
class FileContent {
  size = 0;
  ended = false;
  /** Why reading stopped, whatever the target made of it. */
  failure: unknown;
  readonly #part: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #begun: Buffer[] = [];
  readonly #name: string;
  readonly #limit: number;
  readonly #rules: FileRules;
  readonly #hash: Hash | undefined;
  #jpeg: JpegSize | undefined;
  #pixels: PixelSize | undefined;

  constructor(part: Readable, name: string, { rules, limit }: FileReceipt) {
    this.#part = part;
    this.#chunks = part[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#name = name;
    this.#limit = limit;
    this.#rules = rules;
    this.#hash = rules.sha256 === true ? createHash('sha256') : undefined;
  }

  get pixels(): PixelSize | undefined {
    return this.#jpeg?.size ?? this.#pixels;
  }

  digest(): string | undefined {
    return this.#hash?.digest('hex');
  }

  /** The first bytes; they are given again by `pieces`. */
  async begin(): Promise<Buffer> {
    let length = 0;
    while (length < HEAD_OF_FILE) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      this.#begun.push(chunk);
      length += chunk.length;
    }
    const [first] = this.#begun;
    return this.#begun.length === 1 && first !== undefined
      ? first.subarray(0, HEAD_OF_FILE)
      : Buffer.concat(this.#begun).subarray(0, HEAD_OF_FILE);
  }

  /** Reads the size in pixels where the first bytes hold it, so that a flood of pixels is refused before anything is stored. */
  measure(type: string, begin: Buffer): FileIssue | undefined {
    if (type === 'image/jpeg') {
      this.#jpeg = new JpegSize();
      return undefined;
    }
    this.#pixels = readPixelSize(type, begin);
    return checkPixels(type, this.#pixels, this.#rules);
  }

  /** Lets the rest of a refused file pass by. */
  async refuse(issue: FileIssue): Promise<ReceivedFile> {
    while ((await this.#next()) !== undefined);
    return { issue };
  }

  async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (const chunk of this.#begun.splice(0)) yield this.#pass(chunk);
      for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield this.#pass(chunk);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  #pass(chunk: Buffer): Buffer {
    this.#hash?.update(chunk);
    this.#jpeg?.push(chunk);
    return chunk;
  }

  async #next(): Promise<Buffer | undefined> {
    const step = await this.#chunks.next();
    if (step.done === true) {
      this.ended = true;
      return undefined;
    }
    this.size += step.value.length;
    if (this.size > this.#limit) {
      this.#part.resume();
      throw HTTP_ERRORS.FILE_TOO_LARGE({ name: this.#name, limit: this.#limit });
    }
    return step.value;
  }
}

function storeError(name: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return HTTP_ERRORS.UPLOAD_STORE({ name, reason: cause instanceof Error ? cause.message : 'the target refused it' }, { cause });
}
