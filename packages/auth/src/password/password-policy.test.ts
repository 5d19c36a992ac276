import { expect, test } from 'vitest';
import { AUTH_ERRORS } from '../errors.js';
import { argon2Concurrency } from './argon2.js';
import { checkPassword, PASSWORD_POLICY } from './password-policy.js';
import { passwordSettings } from './password-settings.js';

const attempt = (plain: string): unknown => {
  try {
    return checkPassword(plain, PASSWORD_POLICY);
  } catch (error) {
    return error;
  }
};

test('a password needs 15 characters, counted as a person counts them', () => {
  expect(attempt('fourteen chars')).toMatchObject({ code: 'AUTH_PASSWORD_TOO_SHORT', kind: 'invalid' });
  expect(attempt('fifteen letters')).toBeUndefined();
  expect(attempt('😀'.repeat(14))).toMatchObject({ code: 'AUTH_PASSWORD_TOO_SHORT' });
  expect(attempt('😀'.repeat(15))).toBeUndefined();
});

test('any character will do: spaces, line breaks, every script, nothing but one letter', () => {
  for (const plain of [' '.repeat(15), 'пароль пароль пароль', '\n\t'.repeat(8), 'a'.repeat(15), '密'.repeat(15)])
    expect(attempt(plain)).toBeUndefined();
});

test('1,024 characters are accepted and one more is not, whatever their size', () => {
  expect(attempt('x'.repeat(1_024))).toBeUndefined();
  expect(attempt('😀'.repeat(1_024))).toBeUndefined();
  expect(attempt('😀'.repeat(1_025))).toMatchObject({ code: 'AUTH_PASSWORD_TOO_LONG' });
  expect(attempt('x'.repeat(10_000_000))).toMatchObject({ code: 'AUTH_PASSWORD_TOO_LONG' });
});

test('half a surrogate pair is refused, because UTF-8 could not tell two such passwords apart', () => {
  expect(attempt(`\ud83dlong enough password`)).toMatchObject({ code: 'AUTH_PASSWORD_MALFORMED' });
});

test('options below the floor are refused where they are written', () => {
  for (const options of [
    { minLength: 7 },
    { maxLength: 63 },
    { argon2: { memory: 19_455 } },
    { argon2: { passes: 1 } },
    { concurrency: 0 },
    { queue: -1 },
    { minLength: 8.5 },
  ]) {
    expect(() => passwordSettings(options)).toThrow(expect.objectContaining({ code: AUTH_ERRORS.OPTIONS.code }));
  }
  expect(passwordSettings().parameters).toEqual({ memory: 19_456, passes: 2, lanes: 1 });
});

test('hashes leave a thread of the pool to files and DNS', () => {
  expect(argon2Concurrency(16, 4)).toBe(3);
  expect(argon2Concurrency(16, 16)).toBe(4);
  expect(argon2Concurrency(3, 4)).toBe(2);
  expect(argon2Concurrency(2, 4)).toBe(1);
  expect(argon2Concurrency(1, 1)).toBe(1);
  expect(argon2Concurrency(16, Number('many'))).toBe(3);
});
