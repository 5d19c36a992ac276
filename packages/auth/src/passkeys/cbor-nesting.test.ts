import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfCbor, isShallow } from './cbor-nesting.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('where a CBOR item ends', () => {
  test.each([
    ['00', 1],
    ['1864', 2],
    ['1b000000e8d4a51000', 9],
    ['3903e7', 3],
    ['fb3ff199999999999a', 9],
    ['f5', 1],
    ['4401020304', 5],
    ['6449455446', 5],
    ['80', 1],
    ['8301820203820405', 8],
    ['a26161016162820203', 9],
    ['c11a514b67b0', 6],
    ['d818456449455446', 8],
  ])('%s, an example of RFC 8949, and what follows is left alone', (text, end) => {
    expect(endOfCbor(hex(text))).toBe(end);
    expect(endOfCbor(hex(`ffff${text}ffff`), 2)).toBe(end + 2);
  });

  test.each([
    '',
    '18',
    '1b00',
    '44010203',
    '8301',
    'a161',
    'c1',
    '9f01ff',
    'bf',
    '5f',
    'ff',
    '1c',
    '1d',
    '1e',
    '5bffffffffffffffff',
    '9bffffffffffffffff',
    'bbffffffffffffffff',
  ])('nowhere in %s, which is cut off or of no definite length', (text) => {
    expect(endOfCbor(hex(text))).toBeUndefined();
  });

  test('lists, maps and tags are eight deep at most, counted together', () => {
    for (const shell of ['81', 'a100', 'c1']) {
      const nested = (depth: number) => hex(`${shell.repeat(depth)}00`);
      expect(endOfCbor(nested(7))).toBe(nested(7).length);
      for (const depth of [8, 100, 100_000]) expect(endOfCbor(nested(depth)), `${shell} ${depth}`).toBeUndefined();
    }
    expect(endOfCbor(hex(`82${'80'.repeat(2)}`))).toBe(3);
    expect(endOfCbor(hex(`98c8${'81'.concat('00').repeat(200)}`))).toBe(402);
  });

  test('whatever the bytes are, it gives an end within them or none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(250), (bytes, start) => {
        const end = endOfCbor(bytes, start);
        expect(end === undefined || (end > start && end <= bytes.length)).toBe(true);
        expect(typeof isShallow(bytes)).toBe('boolean');
      }),
    );
  });
});

test('authenticator data without a key or extensions is shallow, and one with a length beyond its end is not', () => {
  const data = new Uint8Array(37);
  expect(isShallow(data)).toBe(true);
  data[32] = 0x40;
  expect(isShallow(data)).toBe(false);
  expect(isShallow(Uint8Array.from([...data, ...new Uint8Array(16), 255, 255]))).toBe(false);
  expect(isShallow(Uint8Array.from([...data, ...new Uint8Array(18), 0xa0]))).toBe(true);
});
