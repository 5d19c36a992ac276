import { createHash } from 'node:crypto';
import { provideValue } from '@plinth/core';
import { expect, test } from 'vitest';
import { MemorySessionStore, SESSION_STORE, Sessions } from '@plinth/auth';
import { startAuth, StillClock } from './support.js';

const MINUTES = 60;
const HOURS = 3_600;

test('the token of a session has 256 random bits, and only its hash is stored [AU-01]', async () => {
  const store = new MemorySessionStore();
  await using app = await startAuth({ sessions: { store: provideValue(SESSION_STORE, store) } });
  const { token, session } = await app.get(Sessions).create('7', { data: { theme: 'dark' } });
  expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(32);
  const stored = store.find(createHash('sha256').update(token).digest('base64url'));
  expect(stored).toMatchObject({ id: session.id, userId: '7', data: { theme: 'dark' } });
  expect(JSON.stringify([stored, session])).not.toContain(token);
});

test('a session ends when it was not used for 30 minutes [AU-01]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock });
  const sessions = app.get(Sessions);
  const { token } = await sessions.create('7');
  clock.forward(29 * MINUTES);
  expect(await sessions.read(token)).toMatchObject({ userId: '7' });
  clock.forward(29 * MINUTES);
  expect(await sessions.read(token)).toMatchObject({ userId: '7', seenAt: clock.date() });
  clock.forward(30 * MINUTES);
  expect(await sessions.read(token)).toBeUndefined();
});

test('a session ends after 12 hours, however much it is used [AU-01]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock });
  const sessions = app.get(Sessions);
  const { token } = await sessions.create('7');
  for (let used = 20; used < 12 * 60; used += 20) {
    clock.forward(20 * MINUTES);
    expect(await sessions.read(token), `${used} minutes`).toBeDefined();
  }
  clock.forward(20 * MINUTES);
  expect(await sessions.read(token)).toBeUndefined();
});

test('a remembered session lasts 14 days unused and 30 days at most, also after a rotation [AU-01]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock });
  const sessions = app.get(Sessions);
  const started = await sessions.create('7', { remember: true });
  expect(started.maxAge).toBe(30 * 24 * HOURS);
  clock.forward(13 * 24 * HOURS);
  const rotated = await sessions.rotate(started.token);
  expect(rotated!.maxAge).toBe(17 * 24 * HOURS);
  clock.forward(13 * 24 * HOURS);
  expect(await sessions.read(rotated!.token)).toBeDefined();
  clock.forward(5 * 24 * HOURS);
  expect(await sessions.read(rotated!.token)).toBeUndefined();
});

test('signing in ends the session that the request came with: the id after it is always a new one [AU-02]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const before = await sessions.create('7');
  const after = await sessions.create('7', { replaces: before.token });
  expect(after.token).not.toBe(before.token);
  expect(await sessions.read(before.token)).toBeUndefined();
  expect(await sessions.list('7')).toHaveLength(1);
});

test('a token that the server did not make opens nothing and becomes nothing [AU-02]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const chosen = 'A'.repeat(43);
  const { token } = await sessions.create('7', { replaces: chosen });
  expect(token).not.toBe(chosen);
  for (const text of [chosen, '', 'x', `${token}A`, token.slice(1), '../../etc/passwd']) {
    expect(await sessions.read(text)).toBeUndefined();
    expect(await sessions.rotate(text)).toBeUndefined();
    expect(await sessions.end(text)).toBe(false);
  }
});

test('rotating keeps the session and changes its token; of ten rotations at once one succeeds [AU-02]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const { token, session } = await sessions.create('7', { data: { step: 1 } });
  const rotated = (await Promise.all(Array.from({ length: 10 }, () => sessions.rotate(token)))).filter((result) => result !== undefined);
  expect(rotated).toHaveLength(1);
  expect(await sessions.read(token)).toBeUndefined();
  expect(await sessions.read(rotated[0]!.token)).toMatchObject({ id: session.id, data: { step: 1 } });
});

test('a user may have ten sessions; the one unused for longest makes room [AU-02]', async () => {
  const clock = new StillClock();
  await using app = await startAuth({}, { clock });
  const sessions = app.get(Sessions);
  const tokens: string[] = [];
  for (let count = 0; count < 10; count += 1) {
    tokens.push((await sessions.create('7')).token);
    clock.forward(MINUTES);
  }
  await sessions.read(tokens[0]!);
  clock.forward(MINUTES);
  await sessions.create('8');
  await sessions.create('7');
  expect(await sessions.list('7')).toHaveLength(10);
  expect(await sessions.list('8')).toHaveLength(1);
  expect(await sessions.read(tokens[1]!)).toBeUndefined();
  expect(await sessions.read(tokens[0]!)).toBeDefined();
});

test('sessions can be listed, ended one by one by their id, and all at once [AU-20]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const [here, phone, tablet] = [await sessions.create('7'), await sessions.create('7'), await sessions.create('7')];
  const stranger = await sessions.create('8');
  expect((await sessions.list('7')).map((session) => session.id).toSorted()).toEqual(
    [here, phone, tablet].map(({ session }) => session.id).toSorted(),
  );
  expect(await sessions.revoke('8', phone.session.id)).toBe(false);
  expect(await sessions.revoke('7', phone.session.id)).toBe(true);
  expect(await sessions.read(phone.token)).toBeUndefined();
  expect(await sessions.revokeAll('7', here.session.id)).toBe(1);
  expect(await sessions.read(tablet.token)).toBeUndefined();
  expect(await sessions.read(here.token)).toBeDefined();
  expect(await sessions.revokeAll('7')).toBe(1);
  expect(await sessions.read(stranger.token)).toBeDefined();
});

test('an ended session stays ended [AU-01]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const { token } = await sessions.create('7');
  expect(await sessions.end(token)).toBe(true);
  expect(await sessions.end(token)).toBe(false);
  expect(await sessions.read(token)).toBeUndefined();
  expect(await sessions.write(token, { a: 1 })).toBe(false);
  expect(await sessions.rotate(token)).toBeUndefined();
});

test('the data of a session can be replaced, up to 4 KiB', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const { token } = await sessions.create('7', { data: { cart: ['a'] } });
  expect(await sessions.write(token, { cart: ['a', 'b'] })).toBe(true);
  expect((await sessions.read(token))!.data).toEqual({ cart: ['a', 'b'] });
  const large = { text: 'x'.repeat(4_096) };
  await expect(sessions.write(token, large)).rejects.toMatchObject({ code: 'AUTH_SESSION_TOO_LARGE' });
  await expect(sessions.create('7', { data: large })).rejects.toMatchObject({ code: 'AUTH_SESSION_TOO_LARGE' });
});

test('sessions that are over are cleared away by later sign-ins', async () => {
  const clock = new StillClock();
  const store = new MemorySessionStore();
  await using app = await startAuth({ sessions: { store: provideValue(SESSION_STORE, store) } }, { clock });
  const sessions = app.get(Sessions);
  await sessions.create('7');
  clock.forward(31 * MINUTES);
  await sessions.create('8');
  expect(await store.list('7')).toEqual([]);
  expect(await store.list('8')).toHaveLength(1);
});

test('fifty sign-ins at once leave no more than ten sessions, and at least one [AU-02]', async () => {
  await using app = await startAuth();
  const sessions = app.get(Sessions);
  const started = await Promise.all(Array.from({ length: 50 }, () => sessions.create('7')));
  const open = await sessions.list('7');
  expect(open.length).toBeLessThanOrEqual(10);
  expect(open.length).toBeGreaterThan(0);
  const readable = await Promise.all(started.map(({ token }) => sessions.read(token)));
  expect(readable.filter((session) => session !== undefined)).toHaveLength(open.length);
});
