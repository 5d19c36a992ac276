import { open, type FileHandle } from 'node:fs/promises';
import { AUTH_ERRORS } from '../errors.js';
import { addTo, BLOCK_BYTES, blockOf, filterHeader, HEADER_BYTES } from './password-filter.js';

/** What `buildPasswordFilter` takes. */
export interface PasswordFilterSource {
  /**
   * Lines that begin with a SHA-1 hash of 40 hexadecimal digits, in ascending order, as Have I Been Pwned publishes them:
   * `0000000A0E3B9F25FF41DE4B5AC238C2D545C7A8:3`. What follows the hash is left aside. Equal hashes count once.
   */
  readonly lines: AsyncIterable<string> | Iterable<string>;
  /** The file to write; one that is there is replaced. */
  readonly file: string;
  /** How many hashes there are, about: the size of the file follows from it. */
  readonly entries: number;
  /** Bits for each of them; 20, which makes one in 8,000 other passwords look like one of these. 32 make it one in 200,000. */
  readonly bitsPerEntry?: number;
}

/** A filter that was built. */
export interface BuiltPasswordFilter {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Builds the file that `breachedPasswordsIn` asks, in one pass and with the memory of one block, whatever the size.
 * Throws `AUTH_PASSWORD_FILTER` for a line that holds no hash or stands out of order.
 */
export async function buildPasswordFilter(source: PasswordFilterSource): Promise<BuiltPasswordFilter> {
  const { lines, file, entries, bitsPerEntry = 20 } = source;
  if (!Number.isSafeInteger(entries) || entries < 1 || !(bitsPerEntry >= 8 && bitsPerEntry <= 64))
    throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: 'entries must be a number of at least 1, and bitsPerEntry one of 8 to 64' });
  const blocks = Math.ceil((entries * bitsPerEntry) / (BLOCK_BYTES * 8));
  const handle = await open(file, 'w');
  try {
    const written = await writeBlocks(handle, lines, blocks, file);
    await handle.write(filterHeader(blocks, written), 0, HEADER_BYTES, 0);
    return { entries: written, bytes: HEADER_BYTES + blocks * BLOCK_BYTES };
  } finally {
    await handle.close();
  }
}

async function writeBlocks(handle: FileHandle, lines: PasswordFilterSource['lines'], blocks: number, file: string): Promise<number> {
  // The header is written last: a file that was left unfinished is none. Blocks that stay empty are holes, which read as zeros.
  await handle.truncate(HEADER_BYTES + blocks * BLOCK_BYTES);
  let block = Buffer.alloc(BLOCK_BYTES);
  let current = 0;
  let entries = 0;
  let previous = '';
  let line = 0;
  const flush = () => handle.write(block, 0, BLOCK_BYTES, HEADER_BYTES + current * BLOCK_BYTES);
  for await (const text of lines) {
    line += 1;
    const digits = text.slice(0, 40).toUpperCase();
    if (!/^[\dA-F]{40}$/.test(digits)) throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: `line ${line} of its source has no SHA-1 hash` });
    if (digits < previous) throw AUTH_ERRORS.PASSWORD_FILTER({ file, reason: `line ${line} of its source is out of order` });
    if (digits === previous) continue;
    previous = digits;
    const hash = Buffer.from(digits, 'hex');
    const next = blockOf(hash, blocks);
    if (next !== current) {
      await flush();
      block = Buffer.alloc(BLOCK_BYTES);
      current = next;
    }
    addTo(block, hash);
    entries += 1;
  }
  await flush();
  return entries;
}
