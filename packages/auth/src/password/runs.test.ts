import { expect, test } from 'vitest';
import { repeatedPiece, withoutDoubles, withoutRuns } from './runs.js';

test.each([
  ['123456789012345', ''],
  ['987654321098765', ''],
  ['abcdefghijklmno', ''],
  ['qwertyuiopasdfg', ''],
  ['mnbvcxzlkjhgfdsa', ''],
  ['!!!!!!!!!!!!!!!', ''],
  ['1qaz2wsx3edc4rfv5tgb', ''],
  ['zaq12wsxcde34rfv', ''],
  ['zaq1xsw2cde3vfr4', ''],
  ['147258369147258', ''],
  ['987456123', '987'],
  ['13579246801357924', '24'],
  ['!@#$%^&*', ''],
  ['1470x', 'x'],
  ['1471x', '1471x'],
  ['password12345678', 'password'],
  ['1234password!!!!', 'password'],
  ['11112222monkey3333qwert', 'monkey'],
  ['correct horse battery staple', 'correct horse battery staple'],
  ['abc123', 'abc123'],
  ['', ''],
  ['😀😀😀😀x', 'x'],
])('%j without its runs is %j', (text, expected) => {
  expect(withoutRuns(text)).toBe(expected);
});

test.each([
  ['passwordpassword', 'password'],
  ['abcabcabcabcab', 'abc'],
  ['aaaa', 'a'],
  ['abcdeabc', 'abcdeabc'],
  ['ab', 'ab'],
  ['', ''],
  ['😀😎😀😎', '😀😎'],
])('%j repeats %j', (text, expected) => {
  expect(repeatedPiece(text)).toBe(expected);
});

test.each([
  ['aabbccdd', 'abcd'],
  ['122333444455555', '12345'],
  ['passwords', 'paswords'],
  ['abab', 'abab'],
  ['', ''],
  ['😀😀😎', '😀😎'],
])('%j without doubles is %j', (text, expected) => {
  expect(withoutDoubles(text)).toBe(expected);
});

test('a long password of many runs is no work', () => {
  const hostile = Array.from({ length: 50_000 }, (_, index) =>
    String.fromCharCode(0x4e00 + ((index * 7) % 30_000)).repeat(4 + (index >> 12)),
  ).join('');
  const before = performance.now();
  expect(withoutRuns(hostile)).toBe('');
  expect(repeatedPiece(hostile)).toBe(hostile);
  expect(performance.now() - before).toBeLessThan(5_000);
});
