import { expect, test } from 'vitest';
import { redactText, redactUrl } from './redact-text.js';

test.each([
  ['/reset?token=abc&lang=de', '/reset?token=[redacted]&lang=de'],
  ['/callback?code=abc&state=open&page=2', '/callback?code=[redacted]&state=open&page=2'],
  ['/a?x=1&Access%5FToken=abc', '/a?x=1&Access%5FToken=[redacted]'],
  ['api_key=abc&q=1', 'api_key=[redacted]&q=1'],
  ['login with password=hunter2 failed', 'login with password=[redacted] failed'],
  ['a=b=c&sid=x=y', 'a=b=c&sid=[redacted]'],
  ['/a?token=&b=1', '/a?token=&b=1'],
  ['1 + 1 = 2, a == b', '1 + 1 = 2, a == b'],
])('the query of %j becomes %j [LOG-04]', (text, expected) => expect(redactText(text)).toBe(expected));

test.each([
  ['cannot reach postgres://app:hunter2@db:5432/shop', 'cannot reach postgres://app:[redacted]@db:5432/shop'],
  ['redis://:p@ss:word@cache/0', 'redis://:[redacted]@cache/0'],
  ['https://example.com:8080/@user', 'https://example.com:8080/@user'],
])('the password of the URL in %j is hidden', (text, expected) => expect(redactText(text)).toBe(expected));

test('credentials in a text are hidden', () => {
  expect(redactText('sent Bearer abcdef123456 to it')).toBe('sent Bearer [redacted] to it');
  expect(redactText('Authorization: Basic dXNlcjpwYXNz')).toBe('Authorization: Basic [redacted]');
  expect(redactText('got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_1')).toBe('got [redacted]');
});

test('a text is cut at 8 KiB, and says how much is missing', () => {
  expect(redactText('x'.repeat(10_000))).toBe(`${'x'.repeat(8_192)}… (1808 more characters)`);
});

test('hostile texts take linear time', () => {
  const started = performance.now();
  for (const part of ['=', 'a=', '?&=', '://', 'a://b:', 'Bearer ', 'eyJ.', '%', ' =']) redactText(part.repeat(8_192 / part.length));
  expect(performance.now() - started).toBeLessThan(250);
});

test('a harmless URL stays the same string', () => {
  expect(redactUrl('/users/7')).toBe('/users/7');
  expect(redactUrl('/users?verbose=true')).toBe('/users?verbose=true');
});
