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
