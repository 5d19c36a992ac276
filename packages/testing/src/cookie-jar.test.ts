import { expect, test } from 'vitest';
import { CookieJar } from './cookie-jar.js';

test('a cookie goes to its path and below, longer paths first', () => {
  const jar = new CookieJar();
  jar.keep(['a=1; Path=/', 'b=2; Path=/admin; Secure; HttpOnly', 'c=3'], '/admin/users/7');
  expect(jar.header('/')).toBe('a=1');
  expect(jar.header('/admin')).toBe('b=2; a=1');
  expect(jar.header('/administrator')).toBe('a=1');
  expect(jar.header('/admin/users')).toBe('c=3; b=2; a=1');
});

test('a cookie of the same name and path is replaced; Max-Age wins over Expires; an expired one is not sent', () => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const jar = new CookieJar(() => now);
  jar.keep(['a=1'], '/');
  jar.keep(['a=2; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], '/');
  expect(jar.get('a')).toBe('2');
  now += 10_000;
  expect(jar.get('a')).toBeUndefined();
  jar.keep(['b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'c=a=b', 'nonsense'], '/');
  expect(jar.header('/')).toBe('c=a=b');
});

test('a jar can be filled and emptied by hand', () => {
  const jar = new CookieJar();
  jar.set('a', '1');
  expect(jar.empty().header('/')).toBeUndefined();
  expect(jar.header('/')).toBe('a=1');
  jar.clear();
  expect(jar.header('/')).toBeUndefined();
});
