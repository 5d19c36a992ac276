import { expect, test } from 'vitest';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.js';
import type { NewSession } from './session.js';

const started: NewSession = {
  token: 'secret',
  session: {
    id: '1',
    userId: '7',
    createdAt: new Date(),
    seenAt: new Date(),
    expiresAt: new Date(),
    auth: { at: new Date(), methods: [], times: {} },
    pending: false,
    device: undefined,
    data: {},
  },
};
const attributes = { secure: true, httpOnly: true, sameSite: 'lax', path: '/' };

const record = (write: (context: { setCookie(...args: unknown[]): void }) => void): unknown[] => {
  const calls: unknown[] = [];
  write({ setCookie: (...args) => void calls.push(args) });
  return calls;
};

test('the cookie ends with the browser, or after the time of a remembered session', () => {
  expect(record((context) => setSessionCookie(context, started))).toEqual([['__Host-sid', 'secret', attributes]]);
  expect(record((context) => setSessionCookie(context, { ...started, maxAge: 60 }))).toEqual([
    ['__Host-sid', 'secret', { ...attributes, maxAge: 60 }],
  ]);
});

test('a cookie is taken away by one that is over, with the same attributes', () => {
  expect(record(clearSessionCookie)).toEqual([['__Host-sid', '', { ...attributes, maxAge: 0 }]]);
});

test('an empty cookie is none', () => {
  expect(readSessionCookie({ cookie: () => '', header: () => undefined })).toBeUndefined();
  expect(readSessionCookie({ cookie: (name) => name, header: () => undefined })).toBe('__Host-sid');
});

test('the cookie is read alike beside others, in a short header and in a long one', () => {
  const read = (cookies: string) =>
    readSessionCookie({ cookie: (name) => (cookies.includes(name) ? 'slow' : undefined), header: () => cookies });
  expect(read('__Host-sid=abc-_1')).toBe('abc-_1');
  expect(read('a=1; __Host-sid=abc; b=2')).toBe('abc');
  // Whatever is not plain is left to the reader of cookies.
  for (const odd of [
    '__Host-sid="abc"',
    '__Host-sid=%61bc',
    'a=1;__Host-sid=abc',
    'x__Host-sid=abc',
    `__Host-sid=abc; b=${'2'.repeat(200)}`,
  ])
    expect(read(odd)).toBe('slow');
  for (const twice of ['__Host-sid=abc; __Host-sid=def', '__Host-sid=abc;__Host-sid=def'])
    expect(() => read(twice)).toThrow(expect.objectContaining({ code: 'AUTH_SESSION_COOKIE' }));
});
