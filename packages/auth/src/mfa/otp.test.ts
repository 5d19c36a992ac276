import { expect, test } from 'vitest';
import { hotp, matchingStep, otpauthUri, stepOf } from './otp.js';
import { toBase32 } from './base32.js';

const ascii = (length: number) => Buffer.from('1234567890'.repeat(7).slice(0, length));

test('the ten values of RFC 4226, appendix D [AU-10]', () => {
  const expected = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
  expect(expected.map((_, counter) => hotp(ascii(20), counter))).toEqual(expected);
});

// RFC 6238, appendix B: eight digits; the secrets of SHA-256 and SHA-512 are longer (erratum 2866).
const table = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
] as const;

test.each(table)('the values of RFC 6238, appendix B, at second %i [AU-10]', (seconds, sha1, sha256, sha512) => {
  const step = stepOf(seconds * 1_000);
  expect(hotp(ascii(20), step, { digits: 8 })).toBe(sha1);
  expect(hotp(ascii(32), step, { digits: 8, algorithm: 'sha256' })).toBe(sha256);
  expect(hotp(ascii(64), step, { digits: 8, algorithm: 'sha512' })).toBe(sha512);
});

test('the code of the step before, of now and of the next is accepted, and no other', () => {
  const now = 1_111_111_111_000;
  const step = stepOf(now);
  const accepted = [-2, -1, 0, 1, 2].map((offset) => matchingStep(ascii(20), hotp(ascii(20), step + offset), now));
  expect(accepted).toEqual([undefined, step - 1, step, step + 1, undefined]);
});

test.each(['', '12345', '1234567', '12345a', '１２３４５６', '-12345', '1e5000', '0x1234', '12345\n', '12345\u0000'])(
  'what is not six digits is no code: %j',
  (code) => {
    for (let now = 0; now < 3_000_000; now += 30_000) expect(matchingStep(ascii(20), code, now)).toBeUndefined();
  },
);

// RFC 4648, section 10, without the padding.
test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %j is %j', (text, expected) => {
  expect(toBase32(Buffer.from(text))).toBe(expected);
  expect(toBase32(Buffer.from([255, 254, 253, 252, 251, 250, 249]))).toBe('777P37H37L4Q');
});

test('the URI of the QR code names issuer and account, whatever characters are in them', () => {
  const uri = new URL(otpauthUri('MZXW6YTB', 'Käse & Co', 'ada+1@example.com?x=1'));
  expect(uri.protocol).toBe('otpauth:');
  expect(decodeURIComponent(uri.pathname)).toMatch(/^(\/\/totp)?\/Käse & Co:ada\+1@example\.com\?x=1$/);
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'MZXW6YTB',
    issuer: 'Käse & Co',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
