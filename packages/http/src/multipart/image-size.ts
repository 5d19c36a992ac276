/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** Types whose size in pixels stands in their first bytes, and is read. */
export const MEASURED_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The size in pixels of a PNG, GIF or WebP by its first 32 bytes; `undefined` where they are no proper header. */
export function readPixelSize(type: string, head: Buffer): PixelSize | undefined {
  if (type === 'image/png') return readPng(head);
  if (type === 'image/gif') return head.length < 10 ? undefined : sizeOf(head.readUInt16LE(6), head.readUInt16LE(8));
  return type === 'image/webp' ? readWebp(head) : undefined;
}

function readPng(head: Buffer): PixelSize | undefined {
  if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return sizeOf(head.readUInt32BE(16), head.readUInt32BE(20));
}

function readWebp(head: Buffer): PixelSize | undefined {
  if (head.length < 30) return undefined;
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return head.readUIntBE(23, 3) === 0x9d012a ? sizeOf(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff) : undefined;
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return head[20] === 0x2f ? sizeOf((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1) : undefined;
    }
    case 'VP8X':
      return sizeOf(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
    default:
      return undefined;
  }
}

function sizeOf(width: number, height: number): PixelSize | undefined {
  return width === 0 || height === 0 ? undefined : { width, height };
}

/** Bytes of a frame header up to its width, marker included. */
const FRAME = 9;

/**
 * Finds the size of a JPEG as its bytes pass: it stands behind segments of any length (previews, colour profiles), so that the first
 * bytes are not enough. Keeps a few bytes only.
 */
export class JpegSize {
  size: PixelSize | undefined;
  /** Whether nothing more can be learnt. */
  done = false;
  #skip = 2;
  #kept: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    if (this.done) return;
    let bytes = this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk]);
    this.#kept = Buffer.alloc(0);
    while (!this.done) {
      if (this.#skip >= bytes.length) {
        this.#skip -= bytes.length;
        return;
      }
      bytes = bytes.subarray(this.#skip);
      this.#skip = 0;
      if (bytes.length < FRAME) {
        this.#kept = Buffer.from(bytes);
        return;
      }
      this.#segment(bytes);
    }
  }

  #segment(bytes: Buffer): void {
    const marker = bytes[1]!;
    if (bytes[0] !== 0xff) this.done = true;
    else if (marker === 0xff) this.#skip = 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) this.#skip = 2;
    else if (marker === 0xd9 || marker === 0xda) this.done = true;
    // Frames of all codings: C4, C8 and CC are tables of other kinds.
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      this.size = sizeOf(bytes.readUInt16BE(7), bytes.readUInt16BE(5));
      this.done = true;
    } else {
      const length = bytes.readUInt16BE(2);
      if (length < 2) this.done = true;
      else this.#skip = 2 + length;
    }
  }
}
