import { createHash } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { AUTH_ERRORS } from '../errors.js';

// A blocked Bloom filter (Putze, Sanders, Singler 2007) over SHA-1 hashes, because lists of breached passwords are lists of those.
// A hash says which block it is in (its first 48 bits, so that sorted hashes fill one block after the other) and which nine bits of
// that block it sets (twelve bits of the hash for each). To ask is to read one block, so a filter of gigabytes need not be in memory.

/** Bytes of a block, and its bits. */
export const BLOCK_BYTES = 512;
/** Bytes before the first block: magic, format, number of blocks, number of entries; the rest is zero. */
export const HEADER_BYTES = 64;

const MAGIC = 'PLINTHPF';
const FORMAT = 1;
const BITS_SET = 9;

/** The hash that stands for a password in a filter. It protects nothing: lists of breached passwords are published as SHA-1. */
export function filterHash(plain: string): Buffer {
  return createHash('sha1').update(plain).digest();
}

/** The number of the block that a hash belongs to. */
export function blockOf(hash: Uint8Array, blocks: number): number {
  const prefix = hash.subarray(0, 6).reduce((number, byte) => number * 256 + byte, 0);
  return Math.floor((prefix * blocks) / 2 ** 48);
}

/** Notes a hash in its block. */
export function addTo(block: Uint8Array, hash: Uint8Array): void {
  for (let index = 0; index < BITS_SET; index += 1) {
    const bit = bitOf(hash, index);
    block[bit >> 3]! |= 1 << (bit & 7);
  }
}

/** Is the hash in the block? Yes may be wrong, no never is. */
export function isIn(block: Uint8Array, hash: Uint8Array): boolean {
  for (let index = 0; index < BITS_SET; index += 1) {
    const bit = bitOf(hash, index);
    if ((block[bit >> 3]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** The first bytes of a filter's file. */
export function filterHeader(blocks: number, entries: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt32BE(FORMAT, 8);
  header.writeUInt32BE(blocks, 12);
  header.writeBigUInt64BE(BigInt(entries), 16);
  return header;
}

/** What the first bytes of a filter's file say. Throws `AUTH_PASSWORD_FILTER` when it is no such file, or was cut. */
export function readFilterHeader(header: Uint8Array, size: number, file: string): { readonly blocks: number; readonly entries: number } {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC || bytes.readUInt32BE(8) !== FORMAT)
    throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: 'it is no password filter of this version' });
  const blocks = bytes.readUInt32BE(12);
  const expected = HEADER_BYTES + blocks * BLOCK_BYTES;
  if (blocks === 0 || size !== expected)
    throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: `it has ${size} bytes, and should have ${expected}` });
  return { blocks, entries: Number(bytes.readBigUInt64BE(16)) };
}

/** A filter that is asked in its file: one read of 512 bytes for each question. */
export class PasswordFilterFile {
  readonly #handle: FileHandle;
  readonly #blocks: number;
  /** How many passwords are in it. */
  readonly entries: number;

  private constructor(handle: FileHandle, blocks: number, entries: number) {
    this.#handle = handle;
    this.#blocks = blocks;
    this.entries = entries;
  }

  /** Opens a file. Throws `AUTH_PASSWORD_FILTER` when it is missing or no filter. */
  static async open(file: string): Promise<PasswordFilterFile> {
    const handle = await open(file).catch((cause: unknown) => {
      throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: 'it cannot be opened' }, { cause });
    });
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      const { blocks, entries } = readFilterHeader(buffer.subarray(0, bytesRead), (await handle.stat()).size, file);
      return new PasswordFilterFile(handle, blocks, entries);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Is this hash in the filter? */
  async has(hash: Uint8Array): Promise<boolean> {
    const position = HEADER_BYTES + blockOf(hash, this.#blocks) * BLOCK_BYTES;
    const { bytesRead, buffer } = await this.#handle.read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES, position);
    if (bytesRead !== BLOCK_BYTES) throw AUTH_ERRORS.PASSWORD_FILTER({ file: 'that is open', reason: 'it was cut while it was in use' });
    return isIn(buffer, hash);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Reads a small filter into memory and gives what asks it. Throws `AUTH_PASSWORD_FILTER`. */
export async function loadPasswordFilter(file: string): Promise<(hash: Uint8Array) => boolean> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: 'it cannot be read' }, { cause });
  });
  const { blocks } = readFilterHeader(bytes.subarray(0, HEADER_BYTES), bytes.length, file);
  return (hash) => {
    const position = HEADER_BYTES + blockOf(hash, blocks) * BLOCK_BYTES;
    return isIn(bytes.subarray(position, position + BLOCK_BYTES), hash);
  };
}

// The bits after the 48 that choose the block.
function bitOf(hash: Uint8Array, index: number): number {
  const at = 6 + ((index * 3) >> 1);
  return index % 2 === 0 ? (hash[at]! << 4) | (hash[at + 1]! >> 4) : ((hash[at]! & 15) << 8) | hash[at + 1]!;
}
