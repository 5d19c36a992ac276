import { randomFillSync } from 'node:crypto';

const BYTES = 6144;
const bytes = Buffer.allocUnsafe(BYTES);
let pool = '';
let at = 0;

/** So many random hexadecimal digits, cut from a pool: the system is asked once for some 250 traces. They are names, never secrets. */
export function randomDigits(count: number): string {
  if (at + count > pool.length) {
    pool = randomFillSync(bytes).toString('hex');
    at = 0;
  }
  const digits = pool.slice(at, (at += count));
  return isZero(digits) ? randomDigits(count) : digits;
}

// Ids of zeros are invalid. Nearly always the first digit decides.
function isZero(digits: string): boolean {
  return digits.charCodeAt(0) === 0x30 && /^0+$/.test(digits);
}
