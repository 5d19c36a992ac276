import { EVENTS, provideValue, type App } from '@plinth/core';
import { expect, test } from 'vitest';
import { AuthModule, MemoryRefreshStore, REFRESH_STORE, RefreshTokens, SECURITY_EVENT, type SecurityEvent } from '@plinth/auth';
import { startTokens, StillClock } from './token-support.js';

const DAY = 86_400;
const invalid = { code: 'AUTH_REFRESH_INVALID', kind: 'unauthenticated' };
const reused = { code: 'AUTH_REFRESH_REUSED', kind: 'unauthenticated' };
const start = (clock = new StillClock(), store = new MemoryRefreshStore()): Promise<App> =>
  startTokens({ refresh: { store: provideValue(REFRESH_STORE, store) } }, { clock });

test('a refresh token gives the next one of its family, which carries what was kept [AU-04]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const tokens = app.get(RefreshTokens);
  const first = await tokens.issue('7', { clientId: 'app', sessionId: 's', data: { scope: 'a b' } });
  expect(first.token).toMatch(/^[\w-]{64}$/);
  expect(first.family).toMatchObject({ userId: '7', clientId: 'app', sessionId: 's', data: { scope: 'a b' }, createdAt: clock.date() });
  clock.forward(60);
  const second = await tokens.rotate(first.token, { clientId: 'app' });
  expect(second.token).not.toBe(first.token);
  expect(second.family).toEqual({
    ...first.family,
    rotatedAt: clock.date(),
    expiresAt: new Date(clock.now() + 14 * DAY * 1_000),
  });
  const third = await tokens.rotate(second.token, { clientId: 'app' });
  expect(third.family.id).toBe(first.family.id);
});

test('a token that is presented again ends the whole family, whoever has the newer one [AU-04]', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  const other = await tokens.issue('7');
  const stolen = await tokens.issue('7');
  const next = await tokens.rotate(stolen.token);
  const newest = await tokens.rotate(next.token);
  await expect(tokens.rotate(stolen.token)).rejects.toMatchObject(reused);
  await expect(tokens.rotate(newest.token)).rejects.toMatchObject(invalid);
  await expect(tokens.rotate(stolen.token)).rejects.toMatchObject(invalid);
  expect(await tokens.rotate(other.token)).toMatchObject({ family: { id: other.family.id } });
});

test('of 50 requests with one token at the same time one gets a new one, and the family ends [AU-04]', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  const { token } = await tokens.issue('7');
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => tokens.rotate(token)));
  const given = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const codes = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as { code: string }).code] : []));
  expect(given).toHaveLength(1);
  expect(codes.filter((code) => code === 'AUTH_REFRESH_REUSED')).toHaveLength(1);
  expect(codes.filter((code) => code === 'AUTH_REFRESH_INVALID')).toHaveLength(48);
  await expect(tokens.rotate(given[0]!.token)).rejects.toMatchObject(invalid);
  expect(await tokens.list('7')).toEqual([]);
});

test('a reuse is noted with the user and the family, without the token [AU-04] [AU-21]', async () => {
  await using app = await start();
  const noted: SecurityEvent[] = [];
  app.get(EVENTS).on(SECURITY_EVENT, (event) => void noted.push(event));
  const { token, family } = await app.get(RefreshTokens).issue('7');
  await app.get(RefreshTokens).rotate(token);
  await app
    .get(RefreshTokens)
    .rotate(token)
    .catch(() => undefined);
  await expect
    .poll(() => noted)
    .toEqual([{ type: 'refresh-token.reused', outcome: 'refused', userId: '7', details: { family: family.id, reason: 'rotated before' } }]);
  expect(JSON.stringify(noted)).not.toContain(token.slice(0, 22));
});

test('a family ends when it is not used for 14 days, and after 30 days in any case [AU-04]', async () => {
  const clock = new StillClock();
  await using app = await start(clock);
  const tokens = app.get(RefreshTokens);
  const idle = await tokens.issue('7');
  let used = await tokens.issue('7');
  clock.forward(14 * DAY - 1);
  used = await tokens.rotate(used.token);
  clock.forward(1);
  await expect(tokens.rotate(idle.token)).rejects.toMatchObject(invalid);
  clock.forward(14 * DAY - 2);
  used = await tokens.rotate(used.token);
  expect(used.family.expiresAt.getTime() - used.family.createdAt.getTime()).toBe(30 * DAY * 1_000);
  clock.forward(2 * DAY + 2);
  expect(await tokens.list('7')).toEqual([]);
  await expect(tokens.rotate(used.token)).rejects.toMatchObject(invalid);
});

test('a token of another client ends the family of the one it was stolen from [AU-04]', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  for (const thief of [{ clientId: 'thief' }, {}]) {
    const { token } = await tokens.issue('7', { clientId: 'app' });
    await expect(tokens.rotate(token, thief)).rejects.toMatchObject(reused);
    await expect(tokens.rotate(token, { clientId: 'app' })).rejects.toMatchObject(invalid);
  }
});

test('tokens are revoked by themselves, by their id, by session, by client and by user', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  const [one, two, three, four, other] = [
    await tokens.issue('7'),
    await tokens.issue('7'),
    await tokens.issue('7', { sessionId: 's' }),
    await tokens.issue('7', { clientId: 'app' }),
    await tokens.issue('8'),
  ];
  expect(await tokens.revokeToken(one.token)).toBe(true);
  expect(await tokens.revokeToken(one.token)).toBe(false);
  expect(await tokens.revoke('8', two.family.id)).toBe(false);
  expect(await tokens.revoke('7', two.family.id)).toBe(true);
  expect(await tokens.revokeAll('7', { sessionId: 's' })).toBe(1);
  expect((await tokens.list('7')).map(({ id }) => id)).toEqual([four.family.id]);
  expect(await tokens.revokeAll('7')).toBe(1);
  for (const { token } of [one, two, three, four]) await expect(tokens.rotate(token, { clientId: 'app' })).rejects.toMatchObject(invalid);
  expect(await tokens.rotate(other.token)).toMatchObject({ family: { userId: '8' } });
});

test('a former token of a family signs out as well (RFC 7009)', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  const first = await tokens.issue('7');
  const second = await tokens.rotate(first.token);
  expect(await tokens.revokeToken(first.token)).toBe(true);
  await expect(tokens.rotate(second.token)).rejects.toMatchObject(invalid);
});

test('texts that are no token, and ids of families, are refused and end nothing', async () => {
  await using app = await start();
  const tokens = app.get(RefreshTokens);
  const { token, family } = await tokens.issue('7');
  for (const text of ['', family.id, `${token}x`, token.slice(1), ` ${token}`, 'x'.repeat(64), `' OR 1=1; --`])
    await expect(tokens.rotate(text)).rejects.toMatchObject(invalid);
  expect(await tokens.rotate(token)).toMatchObject({ family: { id: family.id } });
});

test('the store holds no token', async () => {
  const store = new MemoryRefreshStore();
  await using app = await start(undefined, store);
  const { token } = await app.get(RefreshTokens).issue('7');
  const text = JSON.stringify(await store.list('7'));
  expect(text).not.toContain(token);
  expect(text).not.toContain(token.slice(0, 22));
  expect(text).not.toContain(token.slice(22));
});

test('what is over is pruned', async () => {
  const clock = new StillClock();
  const store = new MemoryRefreshStore();
  await using app = await start(clock, store);
  await app.get(RefreshTokens).issue('7');
  clock.forward(14 * DAY);
  await app.get(RefreshTokens).issue('8');
  expect(await store.list('7')).toEqual([]);
});

test('options that make no sense are refused', async () => {
  for (const refresh of [{ idle: 0 }, { absolute: -1 }, { idle: 1.5 }, { absolute: 31_536_001 }])
    expect(() => AuthModule.with({ refresh })).toThrow(expect.objectContaining({ code: 'AUTH_OPTIONS' }));
  await using app = await start();
  for (const wrong of [{ clientId: '' }, { sessionId: 'x'.repeat(256) }, { data: { text: 'x'.repeat(4_096) } }])
    await expect(app.get(RefreshTokens).issue('7', wrong)).rejects.toMatchObject({ code: 'AUTH_REFRESH_OPTIONS' });
});
