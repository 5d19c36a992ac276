import { expect, test } from 'vitest';
import { checkSameSite } from './check-same-site.js';

const none: ReadonlySet<string> = new Set();
const allowed = (method: string, headers: Record<string, string>, origins = none): boolean => {
  try {
    checkSameSite({ method, header: (name) => headers[name] }, origins);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'AUTH_CROSS_SITE', kind: 'forbidden' });
    return false;
  }
};
const host = 'shop.example';

test('safe methods pass from anywhere: they change nothing [AU-14]', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(allowed(method, { host, 'sec-fetch-site': 'cross-site' })).toBe(true);
});

test('the browser says that the request comes from this site or from no site [AU-14]', () => {
  expect(allowed('POST', { host, 'sec-fetch-site': 'same-origin' })).toBe(true);
  expect(allowed('POST', { host, 'sec-fetch-site': 'none' })).toBe(true);
});

test('a request from another site is refused, also from a neighbouring host and for every unsafe method [AU-14]', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PURGE']) {
    expect(allowed(method, { host, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toBe(false);
    expect(allowed(method, { host, 'sec-fetch-site': 'same-site', origin: 'https://blog.shop.example' })).toBe(false);
  }
});

test('what the browser says of the site wins over an Origin that looks right [AU-14]', () => {
  expect(allowed('POST', { host, 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' })).toBe(false);
});

test('without Fetch Metadata the Origin decides, then the Referer [AU-14]', () => {
  expect(allowed('POST', { host, origin: 'https://shop.example' })).toBe(true);
  expect(allowed('POST', { host: 'shop.example:443', origin: 'https://shop.example' })).toBe(true);
  expect(allowed('POST', { host, origin: 'https://shop.example.evil.example' })).toBe(false);
  expect(allowed('POST', { host, origin: 'https://shop.example:8443' })).toBe(false);
  expect(allowed('POST', { host, origin: 'null' })).toBe(false);
  expect(allowed('POST', { host, referer: 'https://shop.example/cart?x=1' })).toBe(true);
  expect(allowed('POST', { host, referer: 'https://evil.example/shop.example' })).toBe(false);
  expect(allowed('POST', { host, origin: 'null', referer: 'https://shop.example/' })).toBe(false);
});

test('a request that says nothing of its site is refused [AU-14]', () => {
  expect(allowed('POST', { host })).toBe(false);
  expect(allowed('POST', {})).toBe(false);
  expect(allowed('POST', { origin: 'https://shop.example' })).toBe(false);
  expect(allowed('POST', { host: 'not a host', origin: 'https://shop.example' })).toBe(false);
  expect(allowed('POST', { host, referer: 'no url' })).toBe(false);
});

test('plain http counts as this site only on this machine [AU-14]', () => {
  expect(allowed('POST', { host, origin: 'http://shop.example' })).toBe(false);
  expect(allowed('POST', { host: 'localhost:3000', origin: 'http://localhost:3000' })).toBe(true);
  expect(allowed('POST', { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' })).toBe(true);
  expect(allowed('POST', { host: '[::1]:3000', origin: 'http://[::1]:3000' })).toBe(true);
  expect(allowed('POST', { host: 'localhost:3000', origin: 'http://localhost:3001' })).toBe(false);
});

test('a listed site is trusted, also where the browser says cross-site [AU-14]', () => {
  const origins = new Set(['https://app.example.org']);
  expect(allowed('POST', { host, 'sec-fetch-site': 'cross-site', origin: 'https://app.example.org' }, origins)).toBe(true);
  expect(allowed('POST', { host, 'sec-fetch-site': 'cross-site', origin: 'https://app.example.org:8443' }, origins)).toBe(false);
});
