/** A piece of a file; both ends belong to it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More than this in one request is refused: many small ranges cost far more than they carry. */
const MOST_RANGES = 5;

/**
 * Reads a `Range` header for a file of `size` bytes (RFC 9110, 14.2): the ranges; `whole` where the header says nothing that applies, so
 * that the whole file is sent; `unsatisfiable` for 416, where nothing of the file lies in it or there are more than five.
 */
export function readRanges(header: string | undefined, size: number): readonly ByteRange[] | 'whole' | 'unsatisfiable' {
  if (header === undefined || header.length > 1024) return 'whole';
  const match = /^bytes=[ \t]*(.+)$/i.exec(header);
  if (match === null) return 'whole';
  const ranges: ByteRange[] = [];
  let count = 0;
  let total = 0;
  for (const part of (match[1] as string).split(',')) {
    const spec = /^[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/.exec(part);
    if (spec === null || (spec[1] === '' && spec[2] === '')) return 'whole';
    if (++count > MOST_RANGES) return 'unsatisfiable';
    const range = place(spec[1] as string, spec[2] as string, size);
    if (range === 'whole') return 'whole';
    if (range === undefined) continue;
    ranges.push(range);
    total += range.end - range.start + 1;
  }
  if (ranges.length === 0) return 'unsatisfiable';
  // Overlapping ranges would send the same bytes again and again.
  return total > size ? 'whole' : ranges;
}

function place(first: string, last: string, size: number): ByteRange | 'whole' | undefined {
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? undefined : { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= size) return undefined;
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
