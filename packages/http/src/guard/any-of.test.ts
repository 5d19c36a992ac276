import { AppError } from '@plinth/core';
import { expect, test } from 'vitest';
import type { GuardContext } from '../contract/context-of.js';
import { anyOf } from './any-of.js';
import { defineGuard } from './define-guard.js';
import { optional } from './optional.js';
import { forbidden, noCredential, unauthenticated } from './refuse.js';

const context = {} as GuardContext;

const user = defineGuard({ name: 'user', run: () => ({ user: 'ada' }) });
const absent = defineGuard({
  name: 'session',
  security: { name: 'session', scheme: { type: 'apiKey', in: 'cookie', name: 'sid' } },
  run(): { user: string } {
    throw noCredential('No session cookie.', { challenge: 'Cookie' });
  },
});
const bad = defineGuard({
  name: 'bearer',
  security: { name: 'bearer', scheme: { type: 'http', scheme: 'bearer' } },
  run(): { user: string } {
    throw unauthenticated('The token has expired.', { challenge: 'Bearer error="invalid_token"' });
  },
});
const badLater = defineGuard({ name: 'later', run: async (): Promise<{ user: string }> => Promise.reject(unauthenticated('Later.')) });
const denied = defineGuard({
  name: 'denied',
  run(): void {
    throw forbidden('Not yours.');
  },
});
const broken = defineGuard({
  name: 'broken',
  run(): void {
    throw new AppError({ code: 'DATA_UNREACHABLE', kind: 'unavailable', detail: 'The database cannot be reached.' });
  },
});

const thrownBy = async (run: () => unknown): Promise<AppError> => {
  try {
    await run();
  } catch (error) {
    return error as AppError;
  }
  throw new Error('nothing was thrown');
};

test('anyOf gives the facts of the first guard that lets the request in, synchronously where it can', () => {
  expect(anyOf(absent, bad, user).run(context)).toEqual({ user: 'ada' });
});

test('anyOf goes on after a guard that refuses later', async () => {
  expect(await anyOf(badLater, user).run(context)).toEqual({ user: 'ada' });
});

test('anyOf says every reason and every challenge in its 401', async () => {
  const error = await thrownBy(() => anyOf(absent, bad).run(context));
  expect(error.code).toBe('HTTP_UNAUTHENTICATED');
  expect(error.detail).toBe('No session cookie. The token has expired.');
  expect(error.headers).toEqual({ 'www-authenticate': ['Cookie', 'Bearer error="invalid_token"'] });
});

test('anyOf says that there was no credential only when every guard says so', async () => {
  expect((await thrownBy(() => anyOf(absent, absent).run(context))).code).toBe('HTTP_NO_CREDENTIAL');
});

test('anyOf answers 403 only when every guard forbids', async () => {
  expect((await thrownBy(() => anyOf(denied, denied).run(context))).kind).toBe('forbidden');
  expect((await thrownBy(() => anyOf(absent, denied).run(context))).kind).toBe('unauthenticated');
});

test('a guard of anyOf that fails, not refuses, ends the request: the next one is not asked', async () => {
  let asked = false;
  const next = defineGuard({ name: 'next', run: () => void (asked = true) });
  expect((await thrownBy(() => anyOf(broken, next).run(context))).code).toBe('DATA_UNREACHABLE');
  expect(asked).toBe(false);
});

test('anyOf hands each guard its own dependencies', () => {
  const first = defineGuard({
    name: 'first',
    deps: ['A', 'B'],
    run(): void {
      throw unauthenticated();
    },
  });
  const second = defineGuard({ name: 'second', deps: ['C'], run: (_context, c) => ({ got: c }) });
  const guard = anyOf(first, second);
  expect(guard.deps).toEqual(['A', 'B', 'C']);
  expect(guard.run(context, 1, 2, 3)).toEqual({ got: 3 });
});

test('anyOf offers the security schemes as alternatives', () => {
  expect(anyOf(absent, bad).security.map((schemes) => schemes.map(({ name }) => name))).toEqual([['session'], ['bearer']]);
});

test('optional lets a request without a credential in, without facts', async () => {
  expect(optional(absent).run(context)).toBeUndefined();
  const later = defineGuard({ name: 'later', run: async (): Promise<void> => Promise.reject(noCredential()) });
  expect(await optional(later).run(context)).toBeUndefined();
});

test('optional refuses a bad credential', async () => {
  expect((await thrownBy(() => optional(bad).run(context))).code).toBe('HTTP_UNAUTHENTICATED');
  expect((await thrownBy(() => optional(badLater).run(context))).code).toBe('HTTP_UNAUTHENTICATED');
});

test('optional of anyOf refuses as soon as one credential was bad', async () => {
  expect(optional(anyOf(absent, absent)).run(context)).toBeUndefined();
  expect((await thrownBy(() => optional(anyOf(absent, bad)).run(context))).code).toBe('HTTP_UNAUTHENTICATED');
});

test('optional says in the documentation that the credential may be left out', () => {
  expect(optional(bad).security.map((schemes) => schemes.map(({ name }) => name))).toEqual([['bearer'], []]);
});
